import { useQuery } from '@apollo/client/react';
import { Link, useParams } from 'react-router';
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
  if (!data.product) return <NotFound what="product" />;

  const { name, description, mainImage, details, variants } = data.product;
  // Whole rows: of three details, or of two and then a larger one.
  const isInThrees = details.length % 3 === 0;
  const inRow = isInThrees ? sizes.threes : sizes.pairs;
  const isAlone = (index: number) => !isInThrees && index % 2 === 0 && index === details.length - 1;
  return (
    <article className="product">
      <title>{`${name} · Halo & Reed`}</title>
      <Link className="back" to="/">
        Back to the shop
      </Link>
      <div>
        <Frame media={mainImage?.media} alt={mainImage?.altText} sizes={sizes.product} priority />
        <ul className={`details ${isInThrees ? 'threes' : 'pairs'}`}>
          {details.map(({ id, media, altText }, index) => (
            <li key={id}>
              <Frame
                shape="square"
                media={media}
                alt={altText}
                transform={SQUARE}
                sizes={isAlone(index) ? sizes.product : inRow}
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
        <Link className="back" to="edit">
          Edit the images
        </Link>
      </div>
    </article>
  );
}
