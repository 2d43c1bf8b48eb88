// oidc-provider ships no types, and those of DefinitelyTyped bring all of Koa's: the little that
// peers/oidc.ts uses is not worth it.
declare module 'oidc-provider' {
  export const Provider: any
  export const interactionPolicy: any
}
