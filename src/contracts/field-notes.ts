/** What the fields of version 1 mean, for people who write producers in other languages. */
export const fieldNotes: Readonly<Record<string, string>> = {
  // Headers of an image record.
  'content-type': 'Format of the film, also where the record value is empty.',
  ce_specversion: 'Version of CloudEvents.',
  ce_type: 'Which event of which major version.',
  ce_source: 'The site as a path: /sites/ and the site id.',
  ce_id: 'The arrival id.',
  ce_subject: 'The event id; it is also the record key.',
  ce_time: 'receivedAt: when the film was safe at the clinic. The same over every retry.',
  ce_sentat: 'When the record was signed to be published. UTC with milliseconds; another one for each try.',
  ce_siteid: 'The site that sends; it must be in the site registry when Kafka appends the record.',
  ce_spoolid: 'Which spool of the site acknowledged the film: a UUID that is made once, with the spool.',
  ce_sequence:
    'The number of this acknowledgement, decimal digits: 1, 2, 3 and so on for each spool and site, without a gap.',
  ce_lane: 'The lane on which the film travels; the topic must be that of the lane.',
  ce_sigversion: 'The form of what is signed.',
  ce_sitesig:
    'Base64 of the Ed25519 signature over 18 lines joined by line feeds, an absent one empty: osteostream.film.1, ce_sitekeyid, ce_siteid, ce_lane, ce_spoolid, ce_sequence, ce_subject, ce_id, ce_time, ce_sentat, content-type, ce_contentsize, ce_contentsha256, the SHA-256 of the text of ce_attributes, ce_subjectfrom, ce_subjectkey, ce_linkkey, ce_gaterefusal.',
  ce_sitekeyid:
    'Which key of the registry entry made the signature; it must hold when Kafka first appends the film.',
  ce_contentsize: 'Bytes of the film, decimal digits; 0 where the gate kept it back.',
  ce_contentsha256: 'SHA-256 of the film as it travels (of nothing, where the gate kept it back).',
  ce_subjectkey: 'See subjectKey of the receipt.',
  ce_linkkey: 'See linkKey of the receipt; absent without a national id.',
  ce_subjectfrom: 'See subjectFrom of the receipt.',
  ce_attempt: 'Decimal digits, 1 to 1000: 1 from a producer; only the engine sends a higher one.',
  ce_firstrecord: 'Of a requeue: where the first record of the arrival stands, topic:partition:offset.',
  ce_firstappendedat: 'Of a requeue: when Kafka appended that record.',
  ce_enginemac:
    'Of a requeue: hex HMAC-SHA-256 of the engine over osteostream.requeue.1, site, arrival, attempt and the two headers before, joined by line feeds.',
  ce_attributes: 'The attributes of the film as JSON text; see attributes of the receipt.',
  ce_dataref:
    'Claim check of a film above 8 MiB: blob:sha256: and the hex hash of the film. The record value is then empty.',
  ce_gaterefusal:
    'Why the gate at the clinic kept the film back; it becomes the verdict. Believed only on an empty value.',
  traceparent: 'W3C trace context of the trace in which the film came in.',
  // Identity.
  arrivalId:
    'This delivery of the film: a UUID of version 7 whose instant is receivedAt, minted once, when the film is safe at the clinic, and stable over every retry.',
  eventId:
    "Which film: HMAC-SHA-256 under the site's identity key of its SOP Instance UID (of its content hash where it has none), lower-case hex.",
  siteId: 'A site of the registry.',
  subjectKey:
    "Whose film, within the site: HMAC-SHA-256 of issuer and patient id under the site's subject key, lower-case hex.",
  subjectFrom:
    'Where the subject key comes from: patient (a patient id) or film (there is none, and the film is a person of its own).',
  linkKey:
    "Whose film, across sites: HMAC-SHA-256 of the national id under the programme's key, lower-case hex.",
  receivedAt: 'When the film was safe at the clinic; minted with the arrival id. UTC with milliseconds.',
  sentAt: 'When the record was signed to be published. UTC with milliseconds.',
  spoolId: 'Which spool of the site acknowledged the film.',
  sequence:
    'The number that the spool gave to the acknowledgement; every number ends in a record that is signed.',
  lane: 'The lane on which the film travels.',
  attributesSha256: 'SHA-256 of the text of ce_attributes.',
  gateRefusal: 'Why the gate at the clinic kept the film back.',
  keyId: "Which of the site's keys.",
  signature: 'The signature of the image record.',
  firstImage: 'Where the first record of the arrival stands; a requeue does not change it.',
  appendedAt: 'When Kafka appended the first record of the arrival.',
  believedAt: 'receivedAt, or what is taken for it where that cannot be.',
  clockFault: 'Why receivedAt cannot be; absent where it can.',
  image: 'Where Kafka stored the image record: topic, partition and offset of its acknowledgement.',
  attempt: '1 at first; a requeue adds one.',
  contentType: 'Format of the film.',
  contentSize: 'Bytes of the film.',
  contentSha256: 'SHA-256 of the film as it travels.',
  attributes: 'All that is kept about the film; nothing here names a person. Absent means not known.',
  // Attributes of a film.
  ageBand: 'Age at the exposure; years are never sent.',
  sex: 'As the patient record has it.',
  acquisitionDay: "Day of the exposure in the clinic's own time zone.",
  laterality: 'Image Laterality or Laterality: L, R, B (both) or U (unpaired).',
  maker: 'Who made the X-ray system.',
  kvp: 'Tube voltage in kV.',
  exposureIndex: 'As IEC 62494-1 defines it.',
  deviationIndex: 'As IEC 62494-1 defines it.',
  imagerPixelSpacingMm: 'Millimetres per pixel at the detector, rows then columns.',
  // Reference tests and corrections.
  testId: 'Which measurement: an HMAC-SHA-256 in lower-case hex, the same when the test is sent again.',
  measuredOn: "Day of the measurement in the clinic's own time zone.",
  tScore: 'Against the white-female NHANES III reference, for both sexes.',
  bmd: 'Grams per square centimetre.',
  afterTherapyStart: 'Whether the person was already treated for osteoporosis.',
  correctionId: 'This correction.',
  newSubjectKey: 'The subject key under which the person counts from now on.',
  newLinkKey: 'The link key under which the person counts from now on.',
  who: 'A role account of the programme, never a patient.',
  why: 'The reason, for the audit trail; never an identifier of a patient.',
  at: 'When it was asked for.',
  // Sites and models.
  timeZone: 'An IANA time zone such as Europe/Lisbon.',
  domain: 'Whether the people are real.',
  publicKey: 'Ed25519 public key, SPKI in base64.',
  activeFrom: 'Films received at this instant or later are read with it.',
  role: 'There is one primary; the next one sends the last into the shadow.',
  // Verdicts and alarms.
  attributed: 'False where the record could not say which arrival it is.',
  pointer: 'Where the unreadable record stands: topic:partition:offset.',
  screenedAt: 'When the verdict was reached.',
  pixelHash: 'SHA-256 of the decoded pixels: tells a duplicate from a conflict.',
  densityClass:
    "The class by the package's own thresholds; no finding where the hip is not eligible: never show it there.",
  eligible: 'False where the classes do not apply: scored, without a vote.',
  primary: "Whether this model was the active one at the film's receivedAt.",
  severity: 'Unbounded and monotone in severity.',
  disagreement: 'Share of the pairs of models that differ in class; absent with a single model.',
  box: 'Pixels of the film as sent: left, top, width, height.',
  landmarks:
    'Points of the proximal femur in pixels of the film as sent, and how sure the finder is of each.',
  runbook: 'The page that says what to do, relative to the repository.',
  retracts: 'The alarm that late data have taken back.',
}
