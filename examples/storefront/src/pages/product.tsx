import { useQuery } from '@apollo/client/react';
import { useParams } from 'react-router';
import { Frame, SQUARE } from '../components/frame.tsx';
import { Failed, NotFound } from '../components/messages.tsx';
import { graphql } from '../generated/gql.ts';
import * as sizes from '../sizes.ts';

const PRODUCT = graphql(`
  query StorefrontProduct($sku: String!) {
    product(sku: $sku) {
      id
      name
      sku
      description
      mainImage {
        altText
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
      details: mediaAssociations(usageType: GALLERY) {
        id
        altText
        media {
          id
          url(transform: { width: 800, height: 800, fit: COVER })
          srcSet(transform: { width: 800, height: 800, fit: COVER })
          placeholder
          altText
          decorative
        }
      }
      variants {
        id
        name
        swatches: mediaAssociations(usageType: SWATCH) {
          id
          media {
            id
            url(transform: { width: 96, height: 96, fit: COVER })
            placeholder
            altText
          }
        }
      }
    }
  }
`);

export function ProductPage() {
  const { sku = '' } = useParams();
  const { data, error, refetch } = useQuery(PRODUCT, { variables: { sku } });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  if (!data) return <div className="product" aria-busy="true" />;
  if (!data.product) return <NotFound />;

  const { name, description, mainImage, details, variants } = data.product;
  return (
    <article className="product">
      <title>{`${name} · Halo & Reed`}</title>
      <div>
        <Frame media={mainImage?.media} alt={mainImage?.altText} sizes={sizes.product} priority />
        <ul className="details">
          {details.map(({ id, media, altText }) => (
            <li key={id}>
              <Frame
                shape="square"
                media={media}
                alt={altText}
                transform={SQUARE}
                sizes={sizes.productDetail}
              />
            </li>
          ))}
        </ul>
      </div>
      <div className="text">
        <h1>{name}</h1>
        <p>{description}</p>
        <ul className="swatches">
          {variants.map((variant) => (
            <li key={variant.id}>
              <Frame
                shape="square"
                media={variant.swatches[0]?.media}
                transform={{ width: 96, height: 96 }}
              />
              {variant.name}
            </li>
          ))}
        </ul>
        <p className="quiet">{data.product.sku}</p>
      </div>
    </article>
  );
}
