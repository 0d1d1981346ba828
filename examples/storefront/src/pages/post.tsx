import { useQuery } from '@apollo/client/react';
import { Markdown } from 'markdown-to-jsx/react';
import { useParams } from 'react-router';
import { Frame, WIDE } from '../components/frame.tsx';
import { Failed, NotFound } from '../components/messages.tsx';
import { graphql } from '../generated/gql.ts';
import * as sizes from '../sizes.ts';
import { Published } from './journal.tsx';

const POST = graphql(`
  query StorefrontPost($slug: String!) {
    post(slug: $slug) {
      id
      title
      body
      createdAt
      cover {
        altText
        media {
          id
          url(transform: { width: 1600, height: 900, fit: COVER })
          srcSet(transform: { width: 1600, height: 900, fit: COVER })
          placeholder
          altText
          decorative
        }
      }
    }
  }
`);

export function PostPage() {
  const { slug = '' } = useParams();
  const { data, error, refetch } = useQuery(POST, { variables: { slug } });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  if (!data) return <div className="post" aria-busy="true" />;
  if (!data.post) return <NotFound what="post" />;

  const { title, body, createdAt, cover } = data.post;
  return (
    <article className="post">
      <title>{`${title} · Halo & Reed`}</title>
      <h1>{title}</h1>
      <Published at={createdAt} />
      <Frame
        shape="wide"
        media={cover?.media}
        alt={cover?.altText}
        transform={WIDE}
        sizes={sizes.article}
        priority
      />
      {/* The API returns the text of the author unchanged: HTML in it must not become elements. */}
      <Markdown options={{ disableParsingRawHTML: true }}>{body}</Markdown>
    </article>
  );
}
