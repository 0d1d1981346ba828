import { Kind } from 'graphql';
import { ruleOfEach } from './rule.ts';

/** Subgraphs enforce it only on fields; on other elements it has no effect. */
export const accessGuards = ruleOfEach(
  'ACCESS_IGNORED',
  'Write `@access(scope: "…")` on every field that it should guard.',
  ({ coordinate, node }) => {
    const access = node.directives?.find(({ name }) => name.value === 'access');
    if (!access) return null;
    const scope = access.arguments?.find(({ name }) => name.value === 'scope')?.value;
    const isGuard =
      node.kind === Kind.FIELD_DEFINITION && scope?.kind === Kind.STRING && scope.value !== '';
    return isGuard ? null : `${coordinate} is not guarded by its @access directive.`;
  },
);
