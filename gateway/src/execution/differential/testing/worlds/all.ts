import type { World } from '../world.ts';
import { failures } from './failures.ts';
import { hiddenValues } from './hidden.ts';
import { inputs } from './inputs.ts';
import { interfaceObjects } from './interface-objects.ts';
import { interfaces } from './interfaces.ts';
import { keys } from './keys.ts';
import { missingEntities } from './missing-entities.ts';
import { mutations } from './mutations.ts';
import { providesOverride } from './provides-override.ts';
import { requiresArguments } from './requires-arguments.ts';
import { requires } from './requires.ts';
import { sharedValues } from './shared-values.ts';
import { unions } from './unions.ts';

export const worlds: readonly World[] = [
  interfaces,
  unions,
  interfaceObjects,
  requires,
  requiresArguments,
  keys,
  providesOverride,
  sharedValues,
  missingEntities,
  mutations,
  inputs,
  failures,
  hiddenValues,
];
