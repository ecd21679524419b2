import { usePrevalence } from '../api.ts'

/** How the figures of these pages come about. */
export const How = () => (
  <article className="prose">
    <h1>How is this computed?</h1>
    <h2>Share in the osteoporosis range</h2>
    <p>
      Each hip that can be read gets a class from the primary model. A person has one vote in a month and a
      region: the index hip (left, or right where the left cannot be read) of the first film that has one. The
      share is the votes for osteoporosis over all votes, with Wilson's 95 % interval.
    </p>
    <p>
      It is raw: the model calls some people osteoporosis who do not have it, and misses others. Correcting
      for that takes a check of the model on films whose DXA result is known, and the monitor's report.
      Without both no corrected figure is shown.
    </p>
    <h2>What is hidden</h2>
    <p>
      Counts of people below a threshold are hidden, and further ones from which they would follow by
      subtraction. A figure moves only when at least as many people have come to it or left it since it was
      released: nobody learns of a single film by looking twice.
    </p>
    <h2>Provisional</h2>
    <p>A month is provisional until two weeks after its end, because films may still come.</p>
    <h2>The ledger</h2>
    <p>
      Every film that a clinic has acknowledged has exactly one outcome. What is on its way is measured from
      Kafka's own offsets, not guessed; what is neither there nor booked is lost, and raises an alarm.
    </p>
  </article>
)

/** Who is in the data, and who is not. */
export const About = () => {
  const prevalence = usePrevalence()
  return (
    <article className="prose">
      <h1>About the data</h1>
      <h2>Who is in</h2>
      <p>
        People of 50 and over with a hip X-ray that was taken for another reason at a clinic that takes part
        {prevalence.data === undefined ? '' : `; here: ${prevalence.data.label}`}. They are not the residents
        of a region: who is filmed has had a reason.
      </p>
      <h2>Who is not</h2>
      <p>
        People without a film, people under 50, and hips that cannot be read (fracture, implant, poor
        exposure). Not read does not mean low risk.
      </p>
      <h2>What is not known</h2>
      <p>
        Ethnicity and body size are not known here. T-scores of men use the female reference of the WHO. Where
        a programme gives no link between clinics, a person counts once in each clinic.
      </p>
      <h2>What never leaves a clinic</h2>
      <p>Names, numbers, dates of birth and accession numbers. Pages count pseudonyms made at the clinic.</p>
      <h2>What it is for</h2>
      <p>
        Research use. Not a medical device. A figure here is neither a diagnosis nor a reason to film anybody.
      </p>
    </article>
  )
}
