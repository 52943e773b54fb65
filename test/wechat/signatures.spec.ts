import { invoiceCardSignature, pageSignature } from '../../src/wechat/signatures';

describe('signatures for pages', () => {
  const ticket = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg';

  it.each([
    ['http://mp.weixin.qq.com', 'f4d90daf4b3bca3078ab155816175ba34c443a7b'],
    ['http://mp.weixin.qq.com?params=value', '0f9de62fce790f9a083d5c99e95740ceb90c27ed'],
  ])('wx.config, WeChat’s own example for %s', (url, signature) => {
    expect(pageSignature(ticket, 'Wm3WZYTPz0wzccnW', 1414587457, url)).toBe(signature);
  });

  it('cardSign sorts its values by their bytes', () => {
    expect(invoiceCardSignature('tk_EXAMPLE', 'wx00000000000000', 'p(6N&7WOAF', 1489030247)).toBe(
      'a9af200cd90638ce7fcf291b8c5ac68accaa7f08',
    );
  });
});
