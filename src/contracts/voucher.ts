/** Who vouches for the records of a topic. */
export const vouchers = {
  film: "the site's signature in the record, which covers everything that is said of the film",
  engine: "the engine's MAC (ce_enginemac)",
  siteOrEngine:
    "the site's signature (ce_siteid, ce_sitekeyid, ce_sitesig), or the engine's MAC (ce_enginemac)",
  kafka: "Kafka's access control: only the engine may write here",
} as const
export type Voucher = keyof typeof vouchers
