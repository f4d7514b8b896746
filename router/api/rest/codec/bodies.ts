import Type from 'typebox';

/** Parts that bodies of requests are made of. */

export const Name = Type.String({ minLength: 1 });
export const OptionalName = Type.Optional(Type.String());
export const OptionalNames = Type.Optional(Type.Array(Type.String()));
export const OptionalFlag = Type.Optional(Type.Boolean());
export const OptionalCount = Type.Optional(Type.Integer({ minimum: 0 }));
/** Values that may be texts, numbers or booleans and mean their text. */
export const Settings = Type.Record(Type.String(), Type.Unknown());

export const CollectionBody = Type.Object({ collectionName: Name });
export const PartitionBody = Type.Object({ collectionName: Name, partitionName: Name });
export const PartitionsBody = Type.Object({
  collectionName: Name,
  partitionNames: Type.Array(Type.String(), { minItems: 1 }),
});
