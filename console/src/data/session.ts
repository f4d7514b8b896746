import { signal } from '@preact/signals';

/** Whether the management port wants to know who asks. Nothing is kept here: the browser holds the cookie, out of reach of scripts. */
export const isSignedOut = signal(false);
/** Who signed in through this page; empty: nobody had to. */
export const userName = signal('');
