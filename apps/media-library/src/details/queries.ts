import { graphql } from '../generated/gql.ts';

graphql(`
  fragment ContentVersion on MediaContentVersion {
    number
    mimeType
    fileSize
    width
    height
    createdAt
    current
    thumbnailUrl: url(transform: { width: 128, height: 128 })
    largeUrl: url(transform: { width: 1600, height: 1600 })
    downloadUrl: url(download: true)
  }
`);

/** All that the details show of a file. */
graphql(`
  fragment FileDetails on MediaFile {
    id
    version
    originalFilename
    title
    mediaType
    mimeType
    fileSize
    checksum
    width
    height
    duration
    altText
    altTexts {
      locale
      text
    }
    decorative
    credit
    copyright
    createdBy
    description
    folder
    tags
    focalPoint {
      x
      y
    }
    visibility
    status
    failure
    usageCount
    placeholder
    originalUrl: url
    downloadUrl: url(download: true)
    largeUrl: url(transform: { width: 1600, height: 1600 })
    largeSrcSet: srcSet(widths: [480, 960, 1600])
    snippetUrl: url(transform: { width: 1280 })
    snippetSrcSet: srcSet
    largePreviewUrl: previewUrl(transform: { width: 1200, height: 1200 })
    contentVersions {
      ...ContentVersion
    }
    createdAt
    updatedAt
    trashedAt
  }
`);

/** What the list shows of a file too, so that its card is right after a change. */
graphql(`
  fragment ChangedFile on MediaFile {
    ...FileDetails
    ...Thumbnail
  }
`);

export const FILE = graphql(`
  query FileDetails($id: ID!) {
    mediaFile(id: $id) {
      ...ChangedFile
    }
  }
`);

/** They are added to those in the cache. */
export const OLDER_VERSIONS = graphql(`
  query OlderVersions($id: ID!, $before: Int!) {
    mediaFile(id: $id) {
      id
      contentVersions(before: $before) {
        ...ContentVersion
      }
    }
  }
`);

export const UPDATE = graphql(`
  mutation UpdateFile($input: UpdateMediaInput!) {
    updateMedia(input: $input) {
      mediaFile {
        ...ChangedFile
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const PRESETS = graphql(`
  query ImagePresets {
    imagePresets {
      name
      width
      height
      fit
    }
  }
`);

/** The image in one preset, in the height of the list of crops. */
export const CROP = graphql(`
  query FileCrop($id: ID!, $preset: String!) {
    mediaFile(id: $id) {
      id
      url(transform: { preset: $preset, height: 224 })
    }
  }
`);

export const FOLDERS = graphql(`
  query FolderPaths {
    mediaFolders {
      path
    }
  }
`);

graphql(`
  fragment ShownUsage on MediaUsage {
    consumer
    entityType
    entityId
    role
    label
    url
  }
`);

export const USAGES = graphql(`
  query FileUsages($id: ID!, $after: String) {
    mediaFile(id: $id) {
      id
      usages(first: 20, after: $after) {
        edges {
          cursor
          node {
            ...ShownUsage
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  }
`);

export const DELETE = graphql(`
  mutation DeleteFile($id: ID!, $force: Boolean!, $dryRun: Boolean!) {
    deleteMedia(input: { id: $id, force: $force, dryRun: $dryRun }) {
      mediaFile {
        ...ChangedFile
      }
      usages {
        ...ShownUsage
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const RESTORE = graphql(`
  mutation RestoreFile($id: ID!) {
    restoreMedia(input: { id: $id }) {
      mediaFile {
        ...ChangedFile
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const PURGE = graphql(`
  mutation PurgeFile($id: ID!) {
    purgeMedia(input: { id: $id }) {
      purgedId
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const RESTORE_VERSION = graphql(`
  mutation RestoreVersion($id: ID!, $number: Int!, $version: Int) {
    restoreMediaContent(input: { id: $id, number: $number, version: $version }) {
      mediaFile {
        ...ChangedFile
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const HISTORY = graphql(`
  query FileHistory($id: ID!, $after: String) {
    mediaFile(id: $id) {
      id
      auditLog(first: 20, after: $after) {
        edges {
          cursor
          node {
            id
            actor
            action
            at
            changes {
              field
              before
              after
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);
