import { Card, NoAnswer } from '../parts.tsx'

/** Whether people, images or the model changed: nothing is said before the monitor has reported. */
export const Change = () => (
  <>
    <h1>Whether anything changed has not been tested.</h1>
    <p className="lead">
      This page shows the monitor's verdict with what speaks for it, against it and what is missing. It has
      not reported on these films.
    </p>
    <div className="grid">
      <Card title="Verdict">
        <NoAnswer
          title="no verdict"
          detail="A difference between two months or two regions may come from the people, the imaging or the model. Until somebody has tested which, do not report it as a change in people."
        />
      </Card>
    </div>
  </>
)

/** How well the model reads: nothing is claimed before it was checked. */
export const Performance = () => (
  <>
    <h1>How well the model reads these films is not known.</h1>
    <p className="lead">No DXA result and no external check stand behind these readings.</p>
    <div className="grid">
      <Card title="Sensitivity, specificity, PPV" size="s6">
        <NoAnswer
          title="not yet checked against DXA"
          detail="What the packages measured on simulated films stands in docs/validation.md; it says nothing about real hips."
        />
      </Card>
      <Card title="Missed" size="s6">
        <NoAnswer
          title="unknown"
          detail="How many people with osteoporosis are not called can only be said after a check."
        />
      </Card>
    </div>
  </>
)
