// One run of autocannon. Fails if any answer is not what it should be.
import autocannon from 'autocannon'

export async function load(options) {
  const result = await autocannon({ connections: 16, duration: 10, ...options })
  if (result.non2xx || result.errors || result.timeouts) throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} errors, ${result.timeouts} timeouts`)
  return result
}
