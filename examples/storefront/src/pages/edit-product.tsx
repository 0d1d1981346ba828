import { useQuery } from '@apollo/client/react';
import { MediaPicker } from '@federated-media/client/react';
import { useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { Failed, NotFound } from '../components/messages.tsx';
import type { ProductImagesFragment } from '../generated/graphql.ts';
import { ImageList } from '../product-form/image-list.tsx';
import { ImageRow } from '../product-form/image-row.tsx';
import { PRODUCT_IMAGES } from '../product-form/operations.ts';
import { SaveState } from '../product-form/save-state.tsx';
import { useImages } from '../product-form/use-images.ts';

const { VITE_GRAPH_URL, VITE_LIBRARY_URL } = import.meta.env;
const libraryUrl = VITE_LIBRARY_URL || new URL('/library/picker', VITE_GRAPH_URL).href;

export function EditProductPage() {
  const { sku = '' } = useParams();
  const { data, error, refetch } = useQuery(PRODUCT_IMAGES, {
    variables: { sku },
    fetchPolicy: 'cache-and-network',
  });
  if (error && !data) return <Failed onRetry={() => void refetch()} />;
  if (!data) return <div className="product-form" aria-busy="true" />;
  if (!data.product) return <NotFound what="product" />;
  return <ProductForm product={data.product} />;
}

function ProductForm({ product }: { readonly product: ProductImagesFragment }) {
  const images = useImages(product);
  const [isChoosing, setIsChoosing] = useState(false);
  const addButton = useRef<HTMLButtonElement>(null);
  const focusAdd = () => addButton.current?.focus();
  const { name, sku, mainImage, details } = images;
  return (
    <section className="product-form">
      <title>{`Images of ${name} · Halo & Reed`}</title>
      <Link className="back" to={`/products/${encodeURIComponent(sku)}`}>
        Back to the product
      </Link>
      <h1>Images of {name}</h1>
      <div className="toolbar">
        <button ref={addButton} className="primary" onClick={() => setIsChoosing(true)}>
          Add images
        </button>
        <SaveState images={images} />
      </div>

      <h2>Main image</h2>
      {mainImage ? (
        <div className="product-images main">
          <ImageRow key={mainImage.id} image={mainImage} images={images} onRemoved={focusAdd} />
        </div>
      ) : (
        <p className="quiet">None yet. It is the image of the product in lists.</p>
      )}

      <h2>More images</h2>
      {details.length === 0 && <p className="quiet">None yet.</p>}
      <ImageList images={images} onRemoved={focusAdd} />

      <MediaPicker
        className="picker"
        libraryUrl={libraryUrl}
        open={isChoosing}
        multiple
        mediaTypes={['IMAGE']}
        onChoose={(files) => images.attach(files.map(({ id }) => id))}
        onClose={() => setIsChoosing(false)}
      />
    </section>
  );
}
