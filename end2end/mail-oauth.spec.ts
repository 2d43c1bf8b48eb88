// Mail by OAuth 2: the mail server takes access tokens alone, which a provider gives.
import { expect, test } from './fixtures'
import { found, IVO, newcomer, ORG, submit, words } from './people'

test.use({ worldOptions: { mailByOauth: true } })

const say = words('en')

test('letters leave by access tokens, and by another one once that is taken back', async ({ world, someoneElse }) => {
  await found(world)
  const { mail, oidc } = world
  const asked = async () => {
    const person = newcomer(world)
    await submit(await someoneElse(), say, world, person)
    await mail.letterTo(IVO.email, { subject: say('letter-request-submitted-subject', { ...person, ...ORG }) })
  }
  await asked()
  const first = mail.tokens.at(-1)!
  expect(new Set(mail.tokens)).toEqual(new Set([first]))
  await oidc.takeBack(first)
  await asked()
  expect(mail.tokens.at(-1)).not.toBe(first)
  expect(mail.tokens.at(-2), 'it was tried, and renewed at once').toBe(first)
})
