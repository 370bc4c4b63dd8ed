import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { exitCodes } from '../../../contract/exit.ts'
import { settingsOf } from '../../../collector/config.ts'
import { startCollector } from '../../../collector/main.ts'
import { runLedgerImport } from '../../../collector/ledger/import/command.ts'
import { applyStartLedger } from '../../../collector/ledger/import/start-ledger.ts'
import type { Ledger } from '../../../collector/ledger/ledger.ts'
import { loadLedger } from '../../../collector/ledger/load.ts'
import { ledger, nowMs } from '../../rig/ledger.ts'
import { bring, openLedgerStore, workbook } from './bring.ts'

const bin = resolve(import.meta.dirname, '../../../deploy/bin.js')

void t.test('a running collector takes a file, and its new devices have checks at once', async t => {
  const directory = t.testdir()
  const file = join(directory, 'ledger.yaml')
  writeFileSync(file, stringify(ledger))
  const settings = settingsOf({ data: 'data', ledger: 'ledger.yaml', listen: { port: 0 }, log: 'silent' }, directory)
  const running = await startCollector(settings, '0-test', {
    now: Date.now,
    upkeep: () => ({ stop: async () => undefined })
  })
  const send = async (query: string, body: string | Uint8Array, secret = running.adminSecret) => {
    const response = await fetch(`${running.url}/v1/ledger/import?${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' },
      body: typeof body === 'string' ? body : new Uint8Array(body)
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  t.match(await send('name=x.csv', 'x', 'wrong'), { status: 401 })
  t.match(await send('name=x.csv&kind=planets', 'x'), { status: 422 })
  t.match(await send('name=x.csv', new Uint8Array([0x50, 0x4b, 3, 4])), {
    status: 422,
    body: { detail: 'x.csv must be an XLSX workbook: it has no ZIP directory, so it is damaged or cut off' }
  })
  const xlsx = join(directory, '台账.xlsx')
  writeFileSync(
    xlsx,
    await workbook({
      设备: [
        ['学校标识码', '设备类型', '设备名称'],
        ['0061000001', '交换机', 'sw'],
        ['0061000007', '网关', 'gw']
      ]
    })
  )
  const secretFile = join(directory, 'secret')
  writeFileSync(secretFile, `${running.adminSecret}\n`)
  const shell = await command('import', xlsx, '--url', running.url, '--secret-file', secretFile, '--skip-bad', '--json')
  t.match(JSON.parse(shell.stdout), {
    applied: true,
    bad: 1,
    kinds: [{ added: 1 }],
    faults: { items: [{ sheet: '台账.xlsx 设备', line: 3, column: '学校标识码' }] }
  })
  t.equal(shell.code, exitCodes.badConfiguration, 'bad rows are an error also when the rest was imported')
  const device = (await (await fetch(`${running.url}/v1/devices/s-1-sw`)).json()) as { checks: { check: string }[] }
  t.ok(device.checks.some(check => check.check === 's-1-sw-host@1'))
  await running.stop()
})

void t.test('the ledger file of the configuration is read when it was edited: a restart undoes no import', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const file = join(t.testdir(), 'ledger.yaml')
  const write = (value: Ledger): void => writeFileSync(file, stringify(value))
  const start = () => applyStartLedger(store, file, loadLedger(file), nowMs)
  write(ledger)
  await start()
  await bring(store, '联系人.csv', 'school,contact\ns-1,张\n')
  await start()
  t.match((await store.schools())[0], { contact: '张', zone: 'rural' })
  t.match(await store.ledgerImports(9), [{ name: '联系人.csv' }, { name: 'start: ledger.yaml', added: 0, changed: 0 }])
  write({ ...ledger, schools: ledger.schools.map(school => ({ ...school, zone: 'urban' })) })
  await start()
  t.match((await store.schools())[0], { contact: undefined, zone: 'urban' })
  const [first] = ledger.schools
  if (first === undefined) throw new Error('the ledger has a school')
  write({ areas: ledger.areas, schools: [{ ...first, id: 'other' }] })
  await t.rejects(start(), {
    message: `${file} /schools/0 column code must be unique, got "0061000001", which school "s-1" has`
  })
})

void t.test('a slip in an option makes no second ledger and shows no secret', async t => {
  const directory = t.testdir({ 'c.csv': 'school,contact\ns-1,张\n', secret: 'first-line\nsecond-line\n' })
  const [file, data, secretFile] = ['c.csv', 'no-store', 'secret'].map(name => join(directory, name))
  if (file === undefined || data === undefined || secretFile === undefined) throw new Error('three names')
  const message = `option --data must be the directory of a collector's store.sqlite, got "${data}"`
  for (const dryRun of [true, false]) await t.rejects(runLedgerImport(file, { data, dryRun }), { message })
  t.notOk(existsSync(data))
  await t.rejects(runLedgerImport(file, { url: 'http://127.0.0.1:1', secretFile }), {
    message: `${secretFile} must hold one admin secret and nothing else`
  })
})

const command = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise(done => {
    const child = execFile(process.execPath, [bin, 'ledger', ...args], (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr })
    )
  })
