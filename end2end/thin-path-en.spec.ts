import { test } from './fixtures'
import { thinPath } from './thin-path'

test.use({ worldOptions: { database: 'sqlite' } }) // named, so that the set-up link of this file's world is still unused
thinPath('en')
