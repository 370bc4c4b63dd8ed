import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { enroll } from '../../agent/enroll.ts'
import { thisSystem } from '../../agent/system.ts'
import { freePort } from '../delivery/processes.ts'

void t.test('a collector that cannot be reached is said with the next step, and nothing is enrolled', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const directory = t.testdir()
  const token = `cg1.${'0'.repeat(16)}.${'1'.repeat(40)}.${'a'.repeat(64)}`
  await t.rejects(enroll({ url, token, tokenPlace: 'token.txt', directory, system: thisSystem(), version: '0' }), {
    exit: 'unreachable',
    message: `连不上采集端 ${url}：请检查地址、端口、网线和防火墙。The collector cannot be reached: check address, port, cable and firewall (connect ECONNREFUSED ${url.slice(7)}).`
  })
  t.notOk(existsSync(join(directory, 'enrolment.json')))
})
