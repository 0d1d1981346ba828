import { graphql } from '../generated/gql.ts';

/** Each mutation returns it, so that the cache, and with it all pages, show what the graph has stored. */
graphql(`
  fragment ProductImage on ProductMedia {
    id
    displayOrder
    altText
    media {
      id
      originalFilename
      url(transform: { width: 192, height: 192, fit: COVER })
      srcSet(widths: [96, 192, 384], transform: { width: 192, height: 192, fit: COVER })
      placeholder
      altText
      decorative
    }
  }
`);
graphql(`
  fragment ProductImages on Product {
    id
    sku
    name
    mainImage {
      ...ProductImage
    }
    details: mediaAssociations(usageType: GALLERY) {
      ...ProductImage
    }
  }
`);

export const PRODUCT_IMAGES = graphql(`
  query StorefrontProductImages($sku: String!) {
    product(sku: $sku) {
      ...ProductImages
    }
  }
`);

export const ATTACH = graphql(`
  mutation StorefrontAttachImages($input: AttachMediaFilesToProductInput!) {
    attachMediaFilesToProduct(input: $input) {
      product {
        ...ProductImages
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const REORDER = graphql(`
  mutation StorefrontReorderImages($input: ReorderProductMediaInput!) {
    reorderProductMedia(input: $input) {
      product {
        ...ProductImages
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const SET_MAIN = graphql(`
  mutation StorefrontSetMainImage($input: SetProductMainImageInput!) {
    setProductMainImage(input: $input) {
      product {
        ...ProductImages
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const SET_ALT_TEXT = graphql(`
  mutation StorefrontSetAltText($input: UpdateProductMediaInput!) {
    updateProductMedia(input: $input) {
      product {
        ...ProductImages
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const DETACH = graphql(`
  mutation StorefrontDetachImage($input: DetachMediaFromProductInput!) {
    detachMediaFromProduct(input: $input) {
      product {
        ...ProductImages
      }
      userErrors {
        code
        message
      }
    }
  }
`);
