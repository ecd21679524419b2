import type { RunningGateway } from '../../roles/start-gateway.ts'

/** What a person types into an X-ray system, line by line. */
export const describeGateway = (gateway: RunningGateway): readonly string[] => {
  const { host, aeTitle, dicomPort, webAddress, demoTokenFile } = gateway
  return [
    `gateway: DICOM to AE title ${aeTitle}, host ${host}, port ${dicomPort}`,
    `gateway: DICOMweb at ${webAddress}/dicom-web/studies, upload at ${webAddress}/films`,
    ...(demoTokenFile === undefined
      ? []
      : [
          'gateway: no clinics are registered: this machine alone may send, as the clinic demo',
          `gateway: the bearer token of demo is in ${demoTokenFile}`,
        ]),
  ]
}
