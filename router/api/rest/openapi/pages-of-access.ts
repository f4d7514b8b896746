import type { EndpointPages } from './endpoint-page.ts';

const ada = { userName: 'ada' };
const editor = { roleName: 'editor' };
const editors = { privilegeGroupName: 'editors' };
const adaIsEditor = { ...ada, ...editor };
const searchFilms = { ...editor, objectType: 'Collection', objectName: 'films', privilege: 'Search' };
const readFilms = { ...editor, privilege: 'CollectionReadOnly', collectionName: 'films' };

export const USER_PAGES: EndpointPages = {
  'users/create': {
    summary: 'Create a user',
    description:
      'Names have up to 32 characters and begin with a letter, passwords have 6 to 72 bytes. Only a salted hash (scrypt) is stored.',
    example: { ...ada, password: 'lovelace' },
  },
  'users/list': { summary: 'Names of the users', example: {}, data: ['ada', 'root'] },
  'users/describe': { summary: 'Roles of a user', example: ada, data: ['editor'] },
  'users/update_password': {
    summary: 'Change a password',
    description: '`password` is the old one; if it is wrong the code is 1400.',
    example: { ...ada, password: 'lovelace', newPassword: 'analytical engine' },
  },
  'users/grant_role': { summary: 'Give a user a role', example: adaIsEditor },
  'users/revoke_role': { summary: 'Take a role from a user', example: adaIsEditor },
  'users/drop': { summary: 'Drop a user', description: '`root` stays.', example: ada },
};

export const ROLE_PAGES: EndpointPages = {
  'roles/create': { summary: 'Create a role', example: { ...editor, description: 'writes about films' } },
  'roles/list': {
    summary: 'Names of the roles',
    description: '`admin` and `public` are always there.',
    example: {},
    data: ['admin', 'editor', 'public'],
  },
  'roles/describe': {
    summary: 'What a role may do in a database',
    example: editor,
    data: [{ objectType: 'Collection', objectName: 'films', privilege: 'Search', dbName: 'default', grantor: 'root' }],
  },
  'roles/alter': { summary: 'Change the description of a role', example: { ...editor, description: 'edits films' } },
  'roles/grant_privilege_v2': {
    summary: 'Grant a privilege, or a group of privileges',
    description: `The level of the privilege says what it can be granted on: one of a collection on a collection or on \`*\`, one of a database with the collection \`*\`, one of the cluster with database and collection \`*\`.
Built-in groups: \`CollectionReadOnly\`, \`CollectionReadWrite\`, \`CollectionAdmin\`, and the same for \`Database\` and \`Cluster\`.

Privileges are stored and described; this version keeps nobody from anything.`,
    example: readFilms,
  },
  'roles/revoke_privilege_v2': { summary: 'Take back what was granted', example: readFilms },
  'roles/grant_privilege': {
    summary: 'Grant a privilege on an object (the older way)',
    description: '`objectType` is `Collection`, `Global` or `User`; `objectName` may be `*`.',
    example: searchFilms,
  },
  'roles/revoke_privilege': { summary: 'Take back what was granted (the older way)', example: searchFilms },
  'roles/drop': {
    summary: 'Drop a role',
    description: 'One that has privileges only with `forceDrop`. `admin` and `public` stay.',
    example: { ...editor, forceDrop: true },
  },
};

export const PRIVILEGE_GROUP_PAGES: EndpointPages = {
  'privilege_groups/create': { summary: 'Create a group of privileges', example: editors },
  'privilege_groups/add_privileges_to_group': {
    summary: 'Add privileges to a group',
    description: 'All privileges of a group are of one level. Of a group that is named, the privileges are taken.',
    example: { ...editors, privileges: ['Insert', 'Upsert', 'Query'] },
  },
  'privilege_groups/remove_privileges_from_group': {
    summary: 'Remove privileges from a group',
    example: { ...editors, privileges: ['Upsert'] },
  },
  'privilege_groups/list': {
    summary: 'Groups of privileges that somebody made',
    example: {},
    data: { privilegeGroups: [{ privilegeGroupName: 'editors', privileges: 'Insert,Query' }] },
  },
  'privilege_groups/drop': { summary: 'Drop a group that no role has been granted', example: editors },
};
