import type { LedgerKind } from '../fault.ts'
import * as cells from './cell.ts'
import type { Reader } from './cell.ts'

/** Kinds of sheets. Contacts are no rows of their own: they change two columns of schools. */
export type SheetKind = LedgerKind | 'contacts'

export interface Column {
  readonly field: string
  /** Accepted headings: the Chinese one of the template, the English one, more. */
  readonly names: readonly [string, string, ...string[]]
  readonly read: Reader
  /** A new row must have it. */
  readonly required?: true
  /** What a person may choose from, in the template. */
  readonly choices?: readonly string[]
  /** In the template's example rows. */
  readonly example?: string
}
export interface SheetShape {
  readonly kind: SheetKind
  readonly names: readonly [string, string, ...string[]]
  readonly columns: readonly Column[]
}

const yesNo = { read: cells.flag, choices: ['是', '否'] } as const
const levels = { 国家: 'nation', 省: 'province', 市: 'city', 县: 'county', 区县: 'county' }
const stages = {
  小学: 'primary',
  初中: 'middle',
  九年一贯制: 'nine-year',
  高中: 'high',
  职业: 'vocational',
  教学点: 'teaching-point'
}
const zones = { 城区: 'urban', 镇区: 'town', 乡村: 'rural' }
const roomKinds = { 教室: 'classroom', 功能室: 'function' }
const deviceKinds = {
  网关: 'gateway',
  一体机: 'panel',
  录播主机: 'recorder',
  交换机: 'switch',
  无线接入点: 'access-point'
}
const paths = { 校园网: 'campus', 其他: 'other' }

/** The Chinese words and the stored ones; the template offers the Chinese. */
const choice = (zh: Readonly<Record<string, string>>) => ({
  read: cells.oneOf({ ...zh, ...Object.fromEntries(Object.values(zh).map(word => [word, word])) }),
  choices: Object.keys(zh)
})
const id: Column = { field: 'id', names: ['编号', 'id', '行政区划代码'], read: cells.id }
const name: Column = { field: 'name', names: ['名称', 'name', '学校名称'], read: cells.name, required: true }
const nameEn: Column = { field: 'name_en', names: ['英文名称', 'name_en'], read: cells.name }
const school: Column = {
  field: 'school',
  names: ['学校标识码', 'school', '学校', 'code', 'school code'],
  read: cells.code,
  example: '0061000001'
}
const ofSchool: Column = { ...school, required: true }
const contact: Column = { field: 'contact', names: ['联系人', 'contact'], read: cells.name, example: '张老师' }
const phone: Column = {
  field: 'phone',
  names: ['联系电话', 'phone', '电话'],
  read: cells.text(40),
  example: '0912-1234567'
}

/** Every sheet of a ledger file, in the order in which rows refer to each other. */
export const sheets: readonly SheetShape[] = [
  {
    kind: 'areas',
    names: ['区域', 'areas'],
    columns: [
      { ...id, example: '610825' },
      { field: 'parent', names: ['上级', 'parent', '上级区域'], read: cells.name, example: '610800' },
      { field: 'level', names: ['级别', 'level'], ...choice(levels), required: true, example: '县' },
      { ...name, example: '定边县' },
      nameEn,
      { field: 'packs', names: ['目标包', 'packs'], read: cells.packs }
    ]
  },
  {
    kind: 'schools',
    names: ['学校', 'schools'],
    columns: [
      { field: 'code', names: ['学校标识码', 'code'], read: cells.code, required: true, example: '0061000001' },
      { ...id, names: ['编号', 'id'] },
      { ...name, names: ['学校名称', 'name', '名称'], example: '第一小学' },
      nameEn,
      { field: 'area', names: ['区域', 'area', '区县'], read: cells.name, required: true, example: '定边县' },
      { field: 'area_from', names: ['区域起始日', 'area_from'], read: cells.day },
      { field: 'stage', names: ['学段', 'stage', '办学类型'], ...choice(stages), required: true, example: '小学' },
      { field: 'zone', names: ['城乡', 'zone', '城乡类型'], ...choice(zones), required: true, example: '乡村' },
      { field: 'township_central', names: ['中心校', 'township_central', '乡镇中心校'], ...yesNo },
      { field: 'larger', names: ['规模较大', 'larger'], ...yesNo },
      { field: 'pupils', names: ['学生数', 'pupils'], read: cells.count, example: '120' },
      { field: 'teachers', names: ['教师数', 'teachers'], read: cells.count, example: '12' },
      contact,
      phone,
      { field: 'closed_on', names: ['撤并日期', 'closed_on'], read: cells.day }
    ]
  },
  {
    kind: 'rooms',
    names: ['教室', 'rooms'],
    columns: [
      id,
      ofSchool,
      { ...name, names: ['教室名称', 'name', '名称'], example: '101' },
      { field: 'kind', names: ['教室类型', 'kind', '类型'], ...choice(roomKinds), required: true, example: '教室' },
      { field: 'recording', names: ['录播', 'recording', '录播教室'], ...yesNo },
      { field: 'sync', names: ['同频互动', 'sync', '同频互动课堂'], ...yesNo }
    ]
  },
  {
    kind: 'devices',
    names: ['设备', 'devices'],
    columns: [
      id,
      ofSchool,
      { field: 'room', names: ['教室', 'room'], read: cells.name, example: '101' },
      { field: 'kind', names: ['设备类型', 'kind', '类型'], ...choice(deviceKinds), required: true, example: '一体机' },
      { ...name, names: ['设备名称', 'name', '名称'], example: '101 一体机' },
      { field: 'serial', names: ['序列号', 'serial'], read: cells.text(128) },
      { field: 'hostname', names: ['主机名', 'hostname'], read: cells.text(253) },
      { field: 'macs', names: ['MAC地址', 'macs', 'mac'], read: cells.macs },
      { field: 'upload_path', names: ['上报线路', 'upload_path'], ...choice(paths) }
    ]
  },
  {
    kind: 'uplinks',
    names: ['出口', 'uplinks'],
    columns: [
      id,
      ofSchool,
      { field: 'device', names: ['设备', 'device'], read: cells.name, required: true, example: '101 一体机' },
      { field: 'interface', names: ['接口', 'interface'], read: cells.text(15) },
      {
        field: 'contract_down_mbps',
        names: ['签约下行', 'contract_down_mbps', '签约带宽'],
        read: cells.mbps,
        example: '100'
      },
      { field: 'contract_up_mbps', names: ['签约上行', 'contract_up_mbps'], read: cells.mbps },
      { field: 'isp', names: ['运营商', 'isp'], read: cells.name },
      { field: 'shared_group', names: ['共享线路组', 'shared_group'], read: cells.id },
      { field: 'server', names: ['测试服务器', 'server'], read: cells.id }
    ]
  },
  {
    kind: 'port_map',
    names: ['端口对照', 'port_map', 'port map'],
    columns: [
      school,
      { field: 'switch', names: ['交换机', 'switch'], read: cells.name, required: true },
      { field: 'port', names: ['端口', 'port'], read: cells.text(64), required: true },
      { field: 'room', names: ['教室', 'room'], read: cells.name, required: true }
    ]
  },
  {
    kind: 'groups',
    names: ['学校组', 'groups'],
    columns: [
      id,
      { ...name, names: ['组名称', 'name', '名称'] },
      nameEn,
      { ...school, field: 'schools', names: ['学校标识码', 'schools', '学校', 'school', 'code'], read: cells.list }
    ]
  },
  { kind: 'contacts', names: ['联系人', 'contacts'], columns: [ofSchool, contact, phone] },
  {
    kind: 'facts',
    names: ['申报事实', 'facts', '申报'],
    columns: [
      ofSchool,
      { field: 'key', names: ['事项', 'key'], read: cells.text(64), required: true, example: 'labs' },
      { field: 'value', names: ['内容', 'value', '值'], read: cells.declared, required: true, example: '有' },
      { field: 'as_of', names: ['截至日期', 'as_of', '日期'], read: cells.day, required: true, example: '2026-11-03' },
      { field: 'source', names: ['来源', 'source'], read: cells.name, required: true, example: '县教育局统计表' },
      { field: 'by', names: ['申报人', 'by'], read: cells.name, required: true, example: '王主任' }
    ]
  }
]

/** A heading as it is compared: without blanks, marks, signs of width, and the unit in brackets. */
export const bare = (heading: string): string =>
  heading
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\([^)]*\)/g, '')
    .replaceAll(/[\s_*\-:]/g, '')

/** Headings are accepted in Chinese, in English, and as the template writes them: both. */
export const spellings = ({ names }: Pick<Column, 'names'>): string[] => [
  ...names.map(bare),
  bare(`${names[0]}${names[1]}`)
]

export const shapeOf = (kind: SheetKind): SheetShape => {
  const shape = sheets.find(sheet => sheet.kind === kind)
  if (shape === undefined) throw new Error(`sheet ${kind} has no shape`)
  return shape
}

export const kindNamed = (word: string): SheetKind | undefined =>
  sheets.find(sheet => spellings(sheet).includes(bare(word)))?.kind
