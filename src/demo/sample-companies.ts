import { uscc } from './uscc';

/** An invented company: its name says 示例 or 样例, its organisation code spells MA DEM(O). */
export interface SampleCompany {
  name: string;
  /** 统一社会信用代码. */
  taxId: string;
}

export interface SampleSeller extends SampleCompany {
  /** The two digits of its tax bureau in a 数电 number; 计划单列市 have their own (Shenzhen 95, Ningbo 93, Xiamen 94). */
  area: string;
  /** 税率 in percent, one for all it sells. */
  rate: number;
  goods: SampleGoods[];
}

export interface SampleGoods {
  /** `*税收分类简称*商品名称`. */
  name: string;
  unit: string;
  /** Price without tax of one unit, 分. */
  price: number;
}

export const BUYERS: SampleCompany[] = [
  { name: '示例科技(上海)有限公司', taxId: uscc('310000', 'MADEM001') },
  { name: '示例贸易(北京)有限公司', taxId: uscc('110108', 'MADEM003') },
  { name: '示例制造(深圳)有限公司', taxId: uscc('440300', 'MADEM004') },
  { name: '示例设计(成都)有限公司', taxId: uscc('510100', 'MADEM005') },
  { name: '示例供应链管理(武汉)有限公司', taxId: uscc('420100', 'MADEM006') },
];

export const SELLERS: SampleSeller[] = [
  {
    name: '样例信息服务(上海)有限公司',
    taxId: uscc('310000', 'MADEM002'),
    area: '31',
    rate: 6,
    goods: [
      { name: '*信息技术服务*技术服务费', unit: '次', price: 10000 },
      { name: '*信息技术服务*软件维护费', unit: '月', price: 58000 },
      { name: '*信息技术服务*数据处理费', unit: '次', price: 23450 },
    ],
  },
  {
    name: '样例酒店管理(北京)有限公司',
    taxId: uscc('110105', 'MADEM007'),
    area: '11',
    rate: 6,
    goods: [
      { name: '*住宿服务*住宿费', unit: '天', price: 36698 },
      { name: '*餐饮服务*餐饮服务', unit: '次', price: 17830 },
      { name: '*会展服务*会议服务费', unit: '场', price: 250000 },
    ],
  },
  {
    name: '样例电子(深圳)有限公司',
    taxId: uscc('440300', 'MADEM008'),
    area: '95',
    rate: 13,
    goods: [
      { name: '*计算机外部设备*液晶显示器', unit: '台', price: 115044 },
      { name: '*计算机外部设备*机械键盘', unit: '个', price: 35310 },
      { name: '*计算机外部设备*无线鼠标', unit: '个', price: 8761 },
    ],
  },
  {
    name: '样例文化用品(宁波)有限公司',
    taxId: uscc('330200', 'MADEM009'),
    area: '93',
    rate: 13,
    goods: [
      { name: '*文具*中性笔', unit: '盒', price: 2124 },
      { name: '*纸制品*复印纸', unit: '箱', price: 14159 },
      { name: '*文具*文件夹', unit: '个', price: 885 },
    ],
  },
  {
    name: '样例图书发行(南京)有限公司',
    taxId: uscc('320100', 'MADEM010'),
    area: '32',
    rate: 9,
    goods: [
      { name: '*印刷品*图书', unit: '册', price: 4587 },
      { name: '*印刷品*期刊', unit: '本', price: 1835 },
    ],
  },
];
