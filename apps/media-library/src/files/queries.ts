import { graphql } from '../generated/gql.ts';

/** What the grid and the list show. */
graphql(`
  fragment LibraryFile on MediaFile {
    ...Thumbnail
    originalFilename
    title
    altText
    decorative
    mimeType
    fileSize
    folder
    usageCount
    visibility
    createdAt
    createdBy
    trashedAt
  }
`);

export const FILE_PAGE = graphql(`
  query LibraryPage(
    $first: Int!
    $after: String
    $filter: MediaLibraryFilter
    $orderBy: MediaLibraryOrder
    $withCount: Boolean!
  ) {
    mediaLibrary(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        ...LibraryFile
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount @include(if: $withCount)
    }
  }
`);

export const FILES_BY_ID = graphql(`
  query LibraryFiles($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      ...LibraryFile
    }
  }
`);
