// How long tests wait. One number for all: a wait ends when what it waits for is there, so a long one costs
// nothing but where something is broken; and a short one turns a machine with other work into a broken test.

/** For whatever is expected to come. */
export const PATIENCE = 60_000

/** For a whole test. Longer than any needs; each wait within it has PATIENCE. */
export const PATIENCE_FOR_A_TEST = 15 * PATIENCE

/**
 * In loops that load a page again and again: what stands there now that it is loaded. Asked once, however
 * long the browser takes to answer, so that a slow machine does not miss it for ever.
 */
export const NOW = { timeout: 1 }

/**
 * For the HTTP servers of the tests: none closes a connection because it was idle. Node's do after five
 * seconds, which may be just when Anteroom uses it again.
 */
export const PATIENT_SERVER = { keepAliveTimeout: 0 }
