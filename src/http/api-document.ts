import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { withExamples } from './api-examples';
import { withProblems } from './api-problems';
import { inOpenApi31 } from './openapi-31';
import { ProblemAnswer } from './problem.api';

/** The API as an OpenAPI 3.1 document: what the controllers and their classes say, made whole. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Piaoka 票卡')
      .setDescription('Puts e-invoices into the buyer’s WeChat card wallet. 将电子发票插入微信卡包。')
      .setVersion('1')
      .addBearerAuth({ type: 'http', bearerFormat: undefined, description: 'The key of a merchant or of an operator' })
      .build(),
    { extraModels: [ProblemAnswer] },
  );
  return withExamples(withProblems(inOpenApi31(document)));
}
