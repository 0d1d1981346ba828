interface MoreProps {
  readonly shown: number;
  readonly total: number;
  readonly onClick: () => void;
}

/** The button below a list that has more pages. Its place stays, so that nothing moves when the last page arrives. */
export const More = ({ shown, total, onClick }: MoreProps) => (
  <div className="more">
    {shown < total && (
      <>
        <p>
          {shown} of {total}
        </p>
        <button onClick={onClick}>Show more</button>
      </>
    )}
  </div>
);
