import type { GraphiQLProps } from 'graphiql';

type Tab = NonNullable<GraphiQLProps['defaultTabs']>[number];

/** The tabs that a new visitor sees. The queries return data of the demo store; `origin` is the URL of the gateway. */
export function exampleTabs(origin: string): Tab[] {
  return [
    { query: products },
    { query: productPage },
    { query: stories },
    { query: library },
    { query: upload(origin) },
  ];
}

const products = `# Products are from the catalog,
# files from the CMS, in one graph.
# Ctrl-click a URL to see the image.
query Products {
  products(first: 12) {
    nodes {
      sku
      name
      mainImage {
        media {
          url(transform: { preset: "card" })
          srcSet
          altText
          width
          height
        }
      }
    }
  }
}
`;

const productPage = `query ProductPage {
  product(sku: "LAMP-01") {
    name
    description
    variants {
      sku
      name
    }
    mediaAssociations {
      usageType
      displayOrder
      altText
      variant {
        sku
      }
      media {
        originalFilename
        mimeType
        fileSize
        altText
        url
        thumbnail: url(transform: { preset: "thumbnail" })
        placeholder
      }
    }
  }
}
`;

const stories = `# The same images in an artwork and a post.
query Stories {
  artworks(first: 3) {
    nodes {
      title
      year
      primaryMedia {
        caption
        media {
          url
          altText
        }
      }
    }
  }
  posts(first: 3) {
    nodes {
      title
      slug
      cover {
        media {
          url
        }
      }
    }
  }
}
`;

const library = `query MediaLibrary {
  mediaLibrary(first: 10) {
    nodes {
      id
      originalFilename
      folder
      tags
      visibility
      altText
      url
      download: url(download: true)
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const upload = (origin: string) => `# GraphiQL can't send files. From a terminal:
#
#   curl ${origin}/graphql -H 'apollo-require-preflight: true' \\
#     -F 'operations={"query":"mutation($file: Upload!) { uploadMedia(input: { file: $file }) { mediaFile { id url } userErrors { code message } } }","variables":{"file":null}}' \\
#     -F 'map={"0":["variables.file"]}' -F '0=@image.jpg'
#
# Then attach the file to a product, with the ids of both:
mutation Attach($productId: ID!, $mediaId: ID!) {
  attachMediaToProduct(input: { productId: $productId, mediaId: $mediaId, usageType: GALLERY }) {
    productMedia {
      id
      displayOrder
    }
    userErrors {
      code
      message
    }
  }
}
`;
