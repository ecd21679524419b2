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
