import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import Type from 'typebox'
import { openRemote } from '../../collector/remote.ts'
import { scratch } from '../delivery/scratch.ts'
import { openDoor } from '../rig/door.ts'

void t.test('a command that asks a collector elsewhere says in words why it got nothing', async t => {
  const secretFile = join(scratch(t), 'secret')
  writeFileSync(secretFile, '\uFEFFopen-sesame\r\n')
  const answers = new Map<string, readonly [number, string]>([
    ['/behind/a/proxy/v1/x', [200, '{"n":1}']],
    ['/told', [409, '{"detail":"not now"}']],
    ['/stranger', [404, '{"message":"Not found"}']],
    ['/silent', [404, '{"detail":""}']],
    ['/shut', [403, '{}']],
    ['/page', [200, '<html>']]
  ])
  const { url } = await openDoor(
    close => t.teardown(close),
    (request, response) => {
      const [status, body] = answers.get(request.url?.split('?')[0] ?? '') ?? [500, '']
      const known = request.headers.authorization === 'Bearer open-sesame'
      response.writeHead(known ? status : 401, { 'content-type': 'application/json' }).end(body)
      return Promise.resolve()
    }
  )
  const ask = (path: string, at = url) =>
    openRemote(at, { secretFile, refused: 'failure' }).ask(path, Type.Object({ n: Type.Integer() }))
  t.same(await ask('/v1/x?a=b', `${url}/behind/a/proxy/`), { n: 1 })
  for (const [path, exit, message] of [
    ['/told', 'failure', 'not now'],
    ['/stranger', 'failure', 'option --url must lead to a collector, got 404 without a reason'],
    ['/silent', 'failure', 'option --url must lead to a collector, got 404 without a reason'],
    ['/shut', 'notPermitted', 'option --url must lead to a collector, got 403 without a reason'],
    ['/page', 'unreachable', 'option --url must lead to a collector, got 200 without JSON']
  ] as const)
    await t.rejects(ask(path), { exit, message }, path)
  await t.rejects(ask('/told', 'http://127.0.0.1:1'), { exit: 'unreachable', message: /collector that answers$/ })
})
