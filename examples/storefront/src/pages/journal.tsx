import { useQuery } from '@apollo/client/react';
import { Link } from 'react-router';
import { Frame, WIDE } from '../components/frame.tsx';
import { Failed } from '../components/messages.tsx';
import { More } from '../components/more.tsx';
import { graphql } from '../generated/gql.ts';
import * as sizes from '../sizes.ts';

const PAGE = 10;

const POSTS = graphql(`
  query StorefrontPosts($first: Int!, $after: String) {
    posts(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          title
          slug
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
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export function JournalPage() {
  const { data, error, fetchMore, refetch } = useQuery(POSTS, { variables: { first: PAGE } });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  const posts = data?.posts.edges.map(({ node }) => node) ?? [];
  const after = data?.posts.pageInfo.endCursor ?? null;
  const isSingle = posts.length === 1;
  return (
    <>
      <title>Journal · Halo &amp; Reed</title>
      <h1>Journal</h1>
      <ul className={`grid ${isSingle ? 'single' : 'posts'}`}>
        {posts.map(({ id, slug, title, createdAt, cover }, index) => (
          <li key={id}>
            <Link to={`/journal/${slug}`}>
              <Frame
                shape="wide"
                media={cover?.media}
                alt={cover?.altText}
                transform={WIDE}
                sizes={isSingle ? sizes.product : sizes.teaser}
                priority={index === 0}
              />
              <div>
                <h2>{title}</h2>
                <Published at={createdAt} />
              </div>
            </Link>
          </li>
        ))}
      </ul>
      {data && (
        <More
          shown={posts.length}
          total={data.posts.totalCount}
          fetchMore={fetchMore}
          variables={{ first: PAGE, after }}
        />
      )}
    </>
  );
}

const date = new Intl.DateTimeFormat('en', { dateStyle: 'long' });

export const Published = ({ at }: { readonly at: string }) => (
  <time className="quiet" dateTime={at}>
    {date.format(new Date(at))}
  </time>
);
