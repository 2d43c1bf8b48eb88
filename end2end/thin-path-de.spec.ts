import { databases, test } from './fixtures'
import { thinPath } from './thin-path'

test.use({ worldOptions: { database: databases.at(-1) } }) // on PostgreSQL where there is one
thinPath('de')
