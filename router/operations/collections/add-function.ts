import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import type { FieldDraft, FunctionDraft } from '../../../core/schema/validate-collection-schema.ts';
import { validateField } from '../../../core/schema/validate-field.ts';
import { refuseFunctionType } from '../../../core/schema/validate-functions.ts';
import { flattenIndexParams, validateIndex } from '../../../core/schema/validate-index.ts';
import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface AddFunctionInput {
  readonly collection: string;
  readonly definition: FunctionDraft;
  /** The output field if it is to be made with the function; without it, it must be there. */
  readonly field?: FieldDraft;
  /** Of the new field; none if there are no params. */
  readonly index?: { readonly name: string; readonly params: Properties };
}

/**
 * Adds a function to a collection that may have rows, also while it is loaded: its output is there for all of them, computed when they are next read, and written when their segments are. What
 * clients had sent for a field that becomes an output is gone.
 */
export async function addFunction(cluster: Cluster, context: RequestContext, input: AddFunctionInput): Promise<void> {
  const { database } = context;
  const { definition } = input;
  // Whoever lacks a model provider learns that first.
  refuseFunctionType(definition);
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  const field = input.field && validateField(input.field, 0);
  const index = field && input.index && Object.keys(input.index.params).length > 0 ? input.index : undefined;
  if (index && index.name !== '') validateName('index', index.name);
  if (field?.nullable)
    throw new BraidError('parameterInvalid', `function output field cannot be nullable: ${field.name}`);
  await changeCatalog(cluster, context, {
    kind: 'addFunction',
    database,
    collection: name,
    definition,
    ...(field && { field }),
    ...(field &&
      index && {
        index: {
          name: index.name || field.name,
          params: validateIndex(field, flattenIndexParams(index.params), true),
        },
      }),
  });
}
