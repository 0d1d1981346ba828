import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import type { MutationResolvers, PostResolvers, QueryResolvers } from '../generated/graphql.ts';
import { shownUsages } from '../post-media/usages.ts';

export const Query = {
  post: (_root, by, { caller, posts }) => posts.find(caller, by),
  posts: (_root, page, { caller, posts }) => posts.list(caller, readPageRequest(page)),
} satisfies QueryResolvers;

export const Post = {
  __resolveReference: ({ id }, { entities }) => entities.posts.load(id),
  mediaAssociations: (post, { role }) =>
    shownUsages(post).filter((usage) => !role || usage.role === role),
  cover: (post) => shownUsages(post).find(({ role }) => role === 'COVER') ?? null,
} satisfies PostResolvers;

export const Mutation = {
  createPost: (_root, { input }, { caller, posts }) => posts.create(caller, input),
  updatePost: (_root, { input }, { caller, posts }) => posts.update(caller, input),
  deletePost: (_root, { input }, { caller, posts }) => posts.delete(caller, input),
} satisfies MutationResolvers;
