import type { Ledger } from '../../collector/ledger/ledger.ts'
import { addDays } from '../../collector/calendar/day.ts'
import type { Chance } from './chance.ts'
import type { CitySchool } from './city.ts'
import { broadcastHost, videoHost } from './checks.ts'

type Rows<Kind extends 'rooms' | 'devices' | 'uplinks' | 'facts'> = NonNullable<Ledger[Kind]>

export interface Furniture {
  readonly rooms: Rows<'rooms'>
  readonly devices: Rows<'devices'>
  readonly uplinks: Rows<'uplinks'>
  readonly facts: Rows<'facts'>
}

export interface SchoolFigures {
  readonly stage: string
  readonly pupils: number
  readonly teachers: number
  readonly firstDay: string
}

/** Rooms, devices, lines and declared facts of a simulated school, as its script has them. */
export const furnish = (school: CitySchool, figures: SchoolFigures, chance: Chance): Furniture => {
  const { id, script } = school
  if (script.school === 'empty_ledger') return { rooms: [], devices: [], uplinks: [], facts: [] }
  const n = figures.stage === 'teaching-point' ? 2 : chance.whole(3, 7, 'rooms', id)
  const ordinary = Array.from({ length: n }, (_, i) => ({
    id: `${id}-r${i + 1}`,
    school: id,
    name: i < n - 1 ? `${i + 1} 号教室` : '科学教室',
    kind: i < n - 1 ? ('classroom' as const) : ('function' as const)
  }))
  const rooms = ordinary.map((room, i) => ({
    ...room,
    recording: school.recording && script.recording !== 'declared_none' && i === 0,
    sync: school.sync && i === (school.recording ? 0 : 1)
  }))
  const withPanel = rooms.filter((_, i) => !(i === 1 && lacksPanel(script)))
  const recorderRooms = rooms.filter(room => room.recording || room.sync)
  return {
    rooms,
    devices: [
      {
        id: `${id}-gw`,
        school: id,
        kind: 'gateway' as const,
        name: '模拟网关',
        hostname: `${id}-gw`,
        upload_path: script.access === 'off_site_fails' ? ('other' as const) : ('campus' as const)
      },
      ...withPanel.map(room => ({
        id: `${room.id}-p`,
        school: id,
        room: room.id,
        kind: 'panel' as const,
        name: '模拟一体机',
        hostname: `${room.id}-p`
      })),
      ...recorderRooms
        .filter(() => script.recording !== 'no_recorder' && script.sync !== 'no_recorder')
        .map(room => ({
          id: `${room.id}-rec`,
          school: id,
          room: room.id,
          kind: 'recorder' as const,
          name: '模拟录播主机',
          hostname: `${room.id}-rec`
        }))
    ],
    uplinks: uplinksOf(school),
    facts: factsOf(school, figures)
  }
}

/** Nothing hangs in its second room. */
const lacksPanel = ({ panels, rooms }: CitySchool['script']): boolean =>
  panels === 'no_panel' || panels === 'declared_without' || panels === 'contradicted' || rooms === 'no_device'

const uplinksOf = ({ id, script, tierMbps }: CitySchool): Rows<'uplinks'> => {
  const line = (name: string, contract: number | undefined, device = `${id}-gw`) => ({
    id: `${id}-${name}`,
    school: id,
    device,
    ...(contract === undefined ? {} : { contract_down_mbps: contract }),
    isp: name === 'wan' ? '模拟电信' : '模拟移动',
    ...(name === 'wan' ? {} : { interface: 'wan2' })
  })
  switch (script.uplink) {
    case 'no_uplink':
      return []
    case 'panel_only':
      return [line('wan', tierMbps, `${id}-r1-p`)]
    case 'two_lines':
    case 'two_lines_fresh':
    case 'two_lines_open':
      return [line('wan', 500), line('wan2', 500)]
    case 'two_lines_odd':
      return [line('wan', 60), line('wan2', 80)]
    case 'two_lines_unknown':
      return [line('wan', undefined), line('wan2', undefined)]
    default:
      return [line('wan', tierMbps)]
  }
}

const factsOf = ({ id, script, recording }: CitySchool, figures: SchoolFigures): Rows<'facts'> => {
  const { firstDay, pupils, teachers } = figures
  const fact = (key: string, value: string | undefined, as_of = firstDay) =>
    value === undefined ? [] : [{ school: id, key, value, as_of, source: '模拟核查表', by: '模拟核查员' }]
  const none = (word: string | undefined): string | undefined =>
    word === 'declared_none' || word === 'contradicted' ? 'none' : undefined
  const present = (word: string | undefined): string | undefined => {
    switch (word) {
      case 'none':
      case 'contradicted':
        return 'none'
      case 'not_declared':
        return undefined
      case 'unclear':
        return '在建'
      default:
        return 'present'
    }
  }
  const computers = script.ratio
  return [
    ...fact('access', script.access === 'declared_no_line' || script.access === 'contradicted' ? 'none' : undefined),
    ...fact('room-wireless', script.rooms === 'slow' ? 'none' : undefined),
    ...fact(
      'recording-room',
      script.recording === 'declared_none' || script.recording === 'contradicted'
        ? 'none'
        : recording
          ? 'present'
          : undefined
    ),
    ...fact('sync-classroom', none(script.sync)),
    ...fact('device-activity', none(script.activity)),
    ...fact(
      'rooms-without-panel',
      script.panels === 'declared_without' ? '1' : script.panels === 'contradicted' ? '2' : undefined
    ),
    ...fact('campus-broadcast', present(script.broadcast)),
    ...fact(
      'campus-broadcast-host',
      script.broadcast === 'not_declared' || script.broadcast === 'none' ? undefined : broadcastHost
    ),
    ...fact('security-video', present(script.video)),
    ...fact(
      'security-video-host',
      script.video === 'no_check'
        ? 'video-unmeasured.campus'
        : script.video === 'not_declared' || script.video === 'none'
          ? undefined
          : videoHost
    ),
    ...fact('labs', present(script.labs)),
    ...fact(
      'teacher-computers',
      computers === 'not_declared'
        ? undefined
        : computers === 'unclear'
          ? '若干'
          : String(computers === 'too_few' ? Math.floor(teachers / 2) : teachers)
    ),
    ...fact('pupil-computers', computers === 'not_declared' ? undefined : String(Math.ceil(pupils / 5))),
    // Reported each month, on the 18th of every period that the city lives through.
    ...reportDays(firstDay).flatMap(day =>
      fact(
        'monthly-report',
        script.report === 'not_declared' ? undefined : script.report === 'late' ? 'late' : 'submitted',
        day
      )
    )
  ]
}

/** The 18ths of the three months after a day. */
const reportDays = (firstDay: string): string[] => {
  const days: string[] = []
  for (let i = 0, day = firstDay; i <= 93; i++, day = addDays(day, 1)) if (day.endsWith('-18')) days.push(day)
  return days
}
