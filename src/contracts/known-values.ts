/**
 * Values that a film may say of itself beside numbers. A header's text fields take any text, and people write names into
 * them; so only what stands here travels, and device labels that are put together from these words and short codes.
 */

/** Modalities of projection radiography. */
export const filmModalities = ['CR', 'DX', 'RF', 'XR', 'RG'] as const

/** Photometric interpretations of PS3.3 C.7.6.3.1.2. */
export const photometricInterpretations = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
] as const

/** Body parts as PS3.16 annex L codes them, of which a hip film may name its own and its neighbours; others are left out. */
export const bodyParts = [
  'ABDOMEN',
  'ABDOMENPELVIS',
  'ANKLE',
  'CHEST',
  'COCCYX',
  'CSPINE',
  'ELBOW',
  'EXTREMITY',
  'FEMUR',
  'FOOT',
  'HAND',
  'HEAD',
  'HIP',
  'HIP JOINT',
  'HIPS',
  'KNEE',
  'LEG',
  'LOWER EXTREMITY',
  'LOWER LEG',
  'LSPINE',
  'PELVIS',
  'SHOULDER',
  'SIJOINT',
  'SKULL',
  'SPINE',
  'SSPINE',
  'THIGH',
  'TSPINE',
  'UPPER LEG',
  'WHOLEBODY',
  'WRIST',
] as const

/** View positions of PS3.3 C.8.1.1 and C.8.11.5, and words that modalities write for them. */
export const viewPositions = [
  'AP',
  'PA',
  'LL',
  'RL',
  'RLD',
  'LLD',
  'RLO',
  'LLO',
  'LAO',
  'LPO',
  'RAO',
  'RPO',
  'LAT',
  'LATERAL',
  'OBL',
  'OBLIQUE',
  'AXIAL',
  'FROG',
  'FROGLEG',
  'LAUENSTEIN',
  'DUNN',
  'INLET',
  'OUTLET',
] as const

/** Makers of X-ray devices as their devices write them; the last four are those of the simulator. */
export const deviceMakers = [
  'Agfa',
  'Agfa HealthCare',
  'Agfa-Gevaert',
  'Arcoma',
  'Canon',
  'Canon Inc.',
  'Canon Medical Systems',
  'Carestream',
  'Carestream Health',
  'Carestream Health, Inc.',
  'Del Medical',
  'DRTECH',
  'Eastman Kodak Company',
  'EXAMION',
  'Fuji Photo Film Co.,Ltd.',
  'FUJIFILM',
  'FUJIFILM Corporation',
  'GE Healthcare',
  'GE MEDICAL SYSTEMS',
  'General Medical Merate',
  'Hitachi',
  'Hologic',
  'iCRco',
  'Imaging Dynamics',
  'iRay',
  'Italray',
  'Kodak',
  'Konica',
  'KONICA MINOLTA',
  'KONICA MINOLTA, INC.',
  'Lodox',
  'Mindray',
  'Oehm und Rehbein',
  'Philips',
  'Philips Healthcare',
  'Philips Medical Systems',
  'PROTEC',
  'Rayence',
  'Samsung',
  'Samsung Electronics',
  'Sedecal',
  'SHIMADZU',
  'SHIMADZU CORPORATION',
  'Siemens',
  'Siemens Healthcare',
  'Siemens Healthineers',
  'SIEMENS',
  'Stephanix',
  'Swissray',
  'Toshiba',
  'TOSHIBA_MEC',
  'Trixell',
  'United Imaging',
  'Varex',
  'Varian',
  'Vieworks',
  'Villa Sistemi Medicali',
  'Wandong',
  'Example Imaging',
  'Sample Roentgen',
  'Demo Medical',
  'Specimen Systems',
] as const

/** Words in the names of X-ray devices, detectors and their software, those of the simulator among them. */
const deviceWords = [
  'Adora Aero AeroDR Agile Aquilion Aristos Ascend Axiom AXIOM Bucky Calneo CALNEO Capsula',
  'Centricity CombiDiagnost Compacto Console Core CSI CXDI Definium Demo Detector Digital',
  'DigitalDiagnost DirectView Discovery dRF DRX Duet Elite EOS Essenta Evolution Excel Express',
  'FCR FDR Fit FlatPanel FLC Fluorospot Fusion Gen GOS Imager Innova Juno Luminos Max Mobile',
  'MobileDaRt MobileDiagnost Mobilett Model Multitom Multix MUX Nova NX Optima Panel Pixium',
  'Plus Precision Prestige PRO Proteus RadSpeed RADspeed Rax ray Reader REGIUS Regius',
  'Revolution Select Silhouette Sonialvision Spec Standard syngo System Thunis Tube Unique',
  'Unity VERSA Version Vertix View Visaris Wireless Workstation XGEO XRS Ysio Zenition',
].flatMap((line) => line.split(' '))

/** A code: few letters about few digits, or one or two letters; a name is no such thing. */
const code = '[A-Za-z]{0,3}[0-9]{1,5}(?:[A-Za-z]{1,3}[0-9]{0,3})?|[A-Za-z]{1,2}'

const words = [...new Set(deviceWords.flatMap((word) => [word, word.toUpperCase()]))].join('|')

/** A label of a device: at most eight known words and codes, with single marks between them. */
export const deviceLabelPattern = new RegExp(`^(?:${words}|${code})(?:[ ._/+-](?:${words}|${code})){0,7}$`)
