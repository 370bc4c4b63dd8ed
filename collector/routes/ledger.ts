import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { ProblemError } from '../errors.ts'
import { wireIdOf } from '../ledger/checks.ts'
import type { AreaRow, DeviceRow, RoomRow, SchoolRow } from '../ledger/ledger.ts'
import { packOf } from '../ledger/load.ts'
import type { StoreReads } from '../store/store.ts'
import { targetsOf } from '../verdicts/pack.ts'
import { areasUnder } from './areas.ts'
import { Limit, limitOf, listOf, Next, pageOf } from './page.ts'

const Text = Type.Object({ zh: Type.String(), en: Type.String() })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const AreaItem = Type.Object({
  id: Type.String(),
  parent: Nullable(Type.String()),
  level: Type.String(),
  name: Type.String(),
  name_en: Nullable(Type.String())
})
const SchoolItem = Type.Object({
  id: Type.String(),
  code: Type.String(),
  name: Type.String(),
  name_en: Nullable(Type.String()),
  area: Type.String(),
  stage: Type.String(),
  zone: Type.String(),
  township_central: Type.Boolean(),
  larger: Type.Boolean(),
  pupils: Nullable(Type.Integer()),
  teachers: Nullable(Type.Integer()),
  contact: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  closed_on: Nullable(Type.String())
})
const RoomItem = Type.Object({
  id: Type.String(),
  school: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  recording: Type.Boolean(),
  sync: Type.Boolean()
})
const DeviceItem = Type.Object({
  id: Type.String(),
  school: Type.String(),
  room: Nullable(Type.String()),
  kind: Type.String(),
  name: Type.String(),
  upload_path: Type.String()
})
const CheckItem = Type.Object({
  check: Type.String(),
  probe: Type.String(),
  subject: Type.String(),
  place: Type.String(),
  every_ms: Type.Integer()
})
const TargetItem = Type.Object({
  key: Type.String(),
  title: Text,
  pack_title: Text,
  document: Type.String(),
  paragraph: Type.String(),
  indicator: Type.String(),
  level: Type.String(),
  goal_pct: Type.Number(),
  parameters: Type.Record(Type.String(), Type.Number())
})
const Id = Type.Object({ id: Type.String() })
const Paging = { limit: Limit, next: Next }

/** GET /v1/areas, /v1/schools, /v1/devices, /v1/targets: what there is to measure, and against what. */
export const ledgerRoutes =
  (store: StoreReads): FastifyPluginAsyncTypebox =>
  async app => {
    const tags = ['ledger']
    app.get(
      '/v1/areas',
      {
        schema: {
          tags,
          summary: 'The tree of areas',
          querystring: Type.Object(Paging, { additionalProperties: false }),
          response: { 200: listOf(AreaItem) }
        }
      },
      async ({ query }) => pageOf((await store.areas()).map(areaItem), limitOf(query.limit), query.next)
    )
    app.get(
      '/v1/schools',
      {
        schema: {
          tags,
          summary: 'Schools',
          querystring: Type.Object({ area: Type.Optional(Type.String()), ...Paging }, { additionalProperties: false }),
          response: { 200: listOf(SchoolItem) }
        }
      },
      async ({ query }) => {
        const areas = await areasUnder(store, query.area)
        const schools = (await store.schools()).filter(school => areas.has(school.area))
        return pageOf(schools.map(schoolItem), limitOf(query.limit), query.next)
      }
    )
    app.get(
      '/v1/schools/:id',
      {
        schema: {
          tags,
          summary: 'One school with its rooms and devices',
          params: Id,
          response: {
            200: Type.Intersect([
              SchoolItem,
              Type.Object({ rooms: Type.Array(RoomItem), devices: Type.Array(DeviceItem) })
            ])
          }
        }
      },
      async ({ params }) => {
        const [schools, rooms, devices] = await Promise.all([store.schools(), store.rooms(), store.devices()])
        const school = schools.find(s => s.id === params.id)
        if (school === undefined) throw new ProblemError('not_found', `there is no school "${params.id.slice(0, 80)}"`)
        return {
          ...schoolItem(school),
          rooms: rooms.filter(room => room.school === school.id).map(roomItem),
          devices: devices.filter(device => device.school === school.id).map(deviceItem)
        }
      }
    )
    app.get(
      '/v1/devices',
      {
        schema: {
          tags,
          summary: 'Devices',
          querystring: Type.Object(
            { school: Type.Optional(Type.String()), ...Paging },
            { additionalProperties: false }
          ),
          response: { 200: listOf(DeviceItem) }
        }
      },
      async ({ query }) => {
        const devices = (await store.devices()).filter(
          device => query.school === undefined || device.school === query.school
        )
        return pageOf(devices.map(deviceItem), limitOf(query.limit), query.next)
      }
    )
    app.get(
      '/v1/devices/:id',
      {
        schema: {
          tags,
          summary: 'One device with its checks',
          params: Id,
          response: { 200: Type.Intersect([DeviceItem, Type.Object({ checks: Type.Array(CheckItem) })]) }
        }
      },
      async ({ params }) => {
        const [devices, checks] = await Promise.all([store.devices(), store.checks()])
        const device = devices.find(d => d.id === params.id)
        if (device === undefined) throw new ProblemError('not_found', `there is no device "${params.id.slice(0, 80)}"`)
        const own = checks.filter(check => check.device === device.id && check.toMs === undefined)
        return {
          ...deviceItem(device),
          checks: own.map(check => ({
            check: wireIdOf(check),
            probe: check.probe,
            subject: check.subject,
            place: check.place,
            every_ms: check.everyMs
          }))
        }
      }
    )
    app.get(
      '/v1/targets',
      {
        schema: {
          tags,
          summary: 'Targets of all loaded packs',
          querystring: Type.Object(Paging, { additionalProperties: false }),
          response: { 200: listOf(TargetItem) }
        }
      },
      async ({ query }) => {
        const targets = targetsOf((await store.packs()).map(packOf)).map(t => ({
          key: t.key,
          title: t.title,
          pack_title: t.packTitle,
          document: t.document,
          paragraph: t.paragraph,
          indicator: t.indicator,
          level: t.level,
          goal_pct: t.goal_pct,
          parameters: t.parameters ?? {}
        }))
        return pageOf(targets, limitOf(query.limit), query.next)
      }
    )
    return Promise.resolve()
  }

const areaItem = (a: AreaRow) => ({
  id: a.id,
  parent: a.parent ?? null,
  level: a.level,
  name: a.name,
  name_en: a.nameEn ?? null
})
const roomItem = (r: RoomRow) => ({
  id: r.id,
  school: r.school,
  name: r.name,
  kind: r.kind,
  recording: r.recording,
  sync: r.sync
})
const deviceItem = (d: DeviceRow) => ({
  id: d.id,
  school: d.school,
  room: d.room ?? null,
  kind: d.kind,
  name: d.name,
  upload_path: d.uploadPath
})
const schoolItem = (s: SchoolRow) => ({
  id: s.id,
  code: s.code,
  name: s.name,
  name_en: s.nameEn ?? null,
  area: s.area,
  stage: s.stage,
  zone: s.zone,
  township_central: s.townshipCentral,
  larger: s.larger,
  pupils: s.pupils ?? null,
  teachers: s.teachers ?? null,
  contact: s.contact ?? null,
  phone: s.phone ?? null,
  closed_on: s.closedOn ?? null
})
