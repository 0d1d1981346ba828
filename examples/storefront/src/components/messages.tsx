import { Link } from 'react-router';

export const Failed = ({ onRetry }: { readonly onRetry: () => void }) => (
  <section className="message" role="alert">
    <h1>This page could not be loaded</h1>
    <p>The shop does not answer at the moment.</p>
    <button onClick={onRetry}>Try again</button>
  </section>
);

export const NotFound = ({ what = 'page' }: { readonly what?: string }) => (
  <section className="message">
    <title>Not found · Halo &amp; Reed</title>
    <h1>There is no such {what}</h1>
    <Link className="back" to="/">
      Back to the shop
    </Link>
  </section>
);
