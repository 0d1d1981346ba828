import { graphql } from '../generated/gql.ts';

export const FOLDERS = graphql(`
  query Folders {
    mediaFolders {
      path
      name
      parentPath
      mediaCount
    }
  }
`);

export const CREATE_FOLDER = graphql(`
  mutation CreateFolder($input: MediaFolderInput!) {
    createMediaFolder(input: $input) {
      folder {
        path
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const RENAME_FOLDER = graphql(`
  mutation RenameFolder($input: RenameMediaFolderInput!) {
    renameMediaFolder(input: $input) {
      folder {
        path
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const DELETE_FOLDER = graphql(`
  mutation DeleteFolder($input: MediaFolderInput!) {
    deleteMediaFolder(input: $input) {
      deletedPath
      userErrors {
        code
        message
      }
    }
  }
`);
