import { graphql } from '../generated/gql.ts';

export const WORK_FILES = graphql(`
  query WorkFiles(
    $first: Int!
    $after: String
    $filter: MediaLibraryFilter!
    $orderBy: MediaLibraryOrder!
  ) {
    mediaLibrary(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        ...WorkFile
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

graphql(`
  fragment WorkFile on MediaFile {
    ...Thumbnail
    originalFilename
    title
    fileSize
    folder
    usageCount
    createdAt
    trashedAt
  }
`);

export const WITHOUT_TEXT = graphql(`
  query FilesWithoutText($first: Int!, $after: String) {
    mediaLibrary(
      first: $first
      after: $after
      filter: { missingAltText: true, mediaType: [IMAGE] }
      orderBy: { field: CREATED_AT, direction: DESC }
    ) {
      nodes {
        ...DescribedFile
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export const SAVE_TEXT = graphql(`
  mutation SaveText($input: UpdateMediaInput!) {
    updateMedia(input: $input) {
      mediaFile {
        ...DescribedFile
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const READ_VERSION = graphql(`
  query FileVersion($id: ID!) {
    mediaFile(id: $id) {
      ...DescribedFile
    }
  }
`);

graphql(`
  fragment DescribedFile on MediaFile {
    id
    version
    originalFilename
    title
    altText
    altTexts {
      locale
      text
    }
    decorative
    width
    height
    placeholder
    url(transform: { width: 1280, height: 1280 })
    srcSet(widths: [640, 1280, 2560])
    trashedAt
  }
`);

export const CHECKSUMS = graphql(`
  query Checksums($after: String) {
    mediaLibrary(
      first: 100
      after: $after
      filter: {}
      orderBy: { field: FILE_SIZE, direction: DESC }
    ) {
      nodes {
        id
        checksum
        fileSize
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export const TRASH_FILE = graphql(`
  mutation TrashFile($ids: [ID!]!) {
    deleteMediaFiles(input: { ids: $ids }) {
      mediaFile {
        id
        trashedAt
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const UNTRASH_FILE = graphql(`
  mutation UntrashFile($ids: [ID!]!) {
    restoreMediaFiles(input: { ids: $ids }) {
      mediaFile {
        id
        trashedAt
      }
      userErrors {
        code
        message
      }
    }
  }
`);
