import request, { Test } from 'supertest';
import { Json, KEY, World } from './world';

/** An order as multipart/form-data, the fast way in. */
export function postForm(world: World, order: Json, files: { pdf?: Buffer; trip_pdf?: Buffer }, key = KEY): Test {
  const form = request(world.service.url).post('/v1/orders').set('authorization', `Bearer ${key}`);
  void form.field('order', JSON.stringify(order));
  for (const [name, bytes] of Object.entries(files)) {
    void form.attach(name, bytes, { filename: `${name}.pdf`, contentType: 'application/pdf' });
  }
  return form;
}
