export type FormPlace = 'filter' | 'query' | 'outputFields' | 'limit' | 'annsField' | 'form';

/** At which part of the search form the router's words belong. `query`: what is searched for, an id, a vector or a text. */
export function errorPlace(message: string): FormPlace {
  if (/cannot parse expression|invalid expression|filter/i.test(message)) return 'filter';
  if (/output field|outputFields/i.test(message)) return 'outputFields';
  if (/annsField|vector field name|field name is empty|multiple (anns|vector)/i.test(message)) return 'annsField';
  if (/limit|top ?k/i.test(message)) return 'limit';
  if (/primary key|search by ids|vector|dim|placeholder|\bids?\b/i.test(message)) return 'query';
  return 'form';
}
