import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { Link } from 'react-router';
import { Frame, PORTRAIT, Skeletons } from '../components/frame.tsx';
import { Failed } from '../components/messages.tsx';
import { More } from '../components/more.tsx';
import { graphql } from '../generated/gql.ts';
import * as sizes from '../sizes.ts';

/** Both fill whole rows of two, three and four columns; the first product takes four places. */
const FIRST_PAGE = 9;
const NEXT_PAGE = 12;

const PRODUCTS = graphql(`
  query StorefrontProducts($first: Int!, $after: String) {
    products(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          sku
          name
          mainImage {
            altText
            media {
              id
              url(transform: { width: 800, height: 1000, fit: COVER })
              srcSet(transform: { width: 800, height: 1000, fit: COVER })
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

/** The first product is large: one of the first page that has an image. */
function largestFirst<P extends { mainImage: { media: { url: string | null } | null } | null }>(
  products: P[],
): P[] {
  const large = products.slice(0, FIRST_PAGE).find(({ mainImage }) => mainImage?.media?.url);
  return large ? [large, ...products.filter((product) => product !== large)] : products;
}

export function ProductsPage() {
  const { data, error, networkStatus, fetchMore, refetch } = useQuery(PRODUCTS, {
    variables: { first: FIRST_PAGE },
  });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  const products = data?.products.edges.map(({ node }) => node) ?? [];
  const total = data?.products.totalCount ?? FIRST_PAGE;
  const after = data?.products.pageInfo.endCursor ?? null;
  const isLoading = !data || networkStatus === NetworkStatus.fetchMore;
  const missing = Math.min(data ? NEXT_PAGE : FIRST_PAGE, total - products.length);
  return (
    <>
      <title>Halo &amp; Reed</title>
      <h1>Quiet things for the home</h1>
      <ul className="grid products">
        {largestFirst(products).map(({ id, sku, name, mainImage }, index) => (
          <li key={id}>
            <Link to={`/products/${encodeURIComponent(sku)}`}>
              <Frame
                shape="portrait"
                media={mainImage?.media}
                alt={mainImage?.altText}
                transform={PORTRAIT}
                sizes={index === 0 ? sizes.firstCard : sizes.card}
                priority={index === 0}
              />
              <p className="caption">{name}</p>
            </Link>
          </li>
        ))}
        {isLoading && <Skeletons count={missing} shape="portrait" />}
      </ul>
      {data && (
        <More
          shown={products.length}
          total={total}
          fetchMore={fetchMore}
          variables={{ first: NEXT_PAGE, after }}
        />
      )}
    </>
  );
}
