import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';

/** With the dictionary that comes along: 20 MB and 200 ms. Loaded by the first analyzer that needs it; the module cache keeps it for the others. */
export const defaultJieba: Jieba = Jieba.withDict(dict);
