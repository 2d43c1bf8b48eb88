// Runs the specs in Debian's Chromium, once with scripts and once without; Playwright's own browsers are
// never downloaded.
// A spec that makes sense in one of the two only says so by a tag:
//   test('..', { tag: '@scripts' }, ..)   only with scripts        test('..', { tag: '@noscript' }, ..)   only without
// What they keep of pages is looked at in the end, by gallery.spec.ts.
import { defineConfig } from '@playwright/test'
import { PATIENCE, PATIENCE_FOR_A_TEST } from './patience'

export default defineConfig({
  testDir: '.',
  timeout: PATIENCE_FOR_A_TEST,
  expect: { timeout: PATIENCE, toPass: { timeout: PATIENCE } },
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    actionTimeout: PATIENCE,
    navigationTimeout: PATIENCE,
    screenshot: 'only-on-failure',
    // Transitions between pages are the browser's; quick clicks would break them off, which it reports as an
    // error.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
      ],
    },
  },
  // Each with a folder of its own: a run empties those of the projects that it runs, and the gallery by
  // itself finds what was kept before.
  projects: [
    {
      name: 'scripts',
      outputDir: 'test-results/scripts',
      testIgnore: 'gallery.spec.ts',
      grepInvert: /@noscript\b/,
    },
    {
      name: 'noscript',
      outputDir: 'test-results/noscript',
      testIgnore: 'gallery.spec.ts',
      grepInvert: /@scripts\b/,
      use: { javaScriptEnabled: false },
    },
    {
      name: 'gallery',
      outputDir: 'test-results/gallery',
      testMatch: 'gallery.spec.ts',
      fullyParallel: true,
      dependencies: ['scripts', 'noscript'],
    },
  ],
})
