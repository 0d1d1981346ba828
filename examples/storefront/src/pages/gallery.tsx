import { useQuery } from '@apollo/client/react';
import { Frame } from '../components/frame.tsx';
import { Failed } from '../components/messages.tsx';
import { More } from '../components/more.tsx';
import { graphql } from '../generated/gql.ts';
import * as sizes from '../sizes.ts';

const PAGE = 12;

const ARTWORKS = graphql(`
  query StorefrontArtworks($first: Int!, $after: String) {
    artworks(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          title
          year
          medium
          primaryMedia {
            caption
            media {
              id
              url(transform: { width: 1280 })
              srcSet
              width
              height
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

export function GalleryPage() {
  const { data, error, fetchMore, refetch } = useQuery(ARTWORKS, { variables: { first: PAGE } });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  const artworks = data?.artworks.edges.map(({ node }) => node) ?? [];
  const after = data?.artworks.pageInfo.endCursor ?? null;
  const isSingle = artworks.length === 1;
  return (
    <>
      <title>Gallery · Halo &amp; Reed</title>
      <h1>Gallery</h1>
      <ul className={`grid ${isSingle ? 'single' : 'artworks'}`}>
        {artworks.map(({ id, title, year, medium, primaryMedia }, index) => (
          <li key={id}>
            <figure>
              <Frame
                media={primaryMedia?.media}
                sizes={isSingle ? sizes.product : sizes.artwork}
                priority={index === 0}
              />
              <figcaption className="caption">
                <em>{title}</em>
                <span className="quiet">{[year, medium].filter(Boolean).join(', ')}</span>
              </figcaption>
            </figure>
          </li>
        ))}
      </ul>
      {data && (
        <More
          shown={artworks.length}
          total={data.artworks.totalCount}
          fetchMore={fetchMore}
          variables={{ first: PAGE, after }}
        />
      )}
    </>
  );
}
