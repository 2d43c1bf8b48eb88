// Runs the specs in Debian's Chromium, once with scripts and once without; Playwright's own browsers are never downloaded.
// A spec that makes sense in one of the two only says so by a tag:
//   test('..', { tag: '@scripts' }, ..)   only with scripts        test('..', { tag: '@noscript' }, ..)   only without
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  outputDir: './test-results',
  timeout: 120_000, // on a machine with others at work, several times what a quiet one needs
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    screenshot: 'only-on-failure',
    // Transitions between pages are the browser's; look() and quick clicks would break them off, which it reports as an error.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
        '--disable-quic', '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'scripts', grepInvert: /@noscript\b/ },
    { name: 'noscript', grepInvert: /@scripts\b/, use: { javaScriptEnabled: false } },
  ],
})
