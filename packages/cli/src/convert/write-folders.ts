import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { renderModelConf } from "@paddlewheel/conf";
import type { ModelConf } from "@paddlewheel/core";
import type { ModelSummary } from "@paddlewheel/onnx";

export interface ModelFolders {
  /** Of the server: model and conf. */
  readonly server: string;
  /** Of the client: conf only. */
  readonly client: string;
}

export interface WriteFoldersOptions extends ModelFolders {
  readonly modelFile: string;
  readonly summary: ModelSummary;
  readonly conf: ModelConf;
}

const modelName = "model.onnx";

/** @throws Error when one of the folders has anything in it. */
export async function checkFoldersEmpty({ server, client }: ModelFolders): Promise<void> {
  for (const folder of [server, client]) {
    if ((await listFolder(folder)).length > 0) {
      throw new Error(`${folder} is not empty; --force writes over what has the same names`);
    }
  }
}

/** Writes both folders. Files that lie there under other names stay. */
export async function writeFolders(options: WriteFoldersOptions): Promise<void> {
  const { server, client, conf } = options;
  await copyModel(options);
  const { prototxt, stream } = renderModelConf(conf);
  for (const [folder, name] of [
    [server, "serving_server_conf"],
    [client, "serving_client_conf"],
  ] as const) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.prototxt`), prototxt);
    await writeFile(join(folder, `${name}.stream.prototxt`), stream);
  }
}

/** Weights in other files keep their place beside the model, since the model names them by it. */
async function copyModel({ modelFile, summary, server }: WriteFoldersOptions): Promise<void> {
  const weights = new Set(summary.externalData.map(({ location }) => normalize(location)));
  if (weights.has(modelName)) {
    throw new Error(
      `${modelFile} keeps weights in a file called ${modelName}, which is what the model will be called`,
    );
  }
  await mkdir(server, { recursive: true });
  for (const location of weights) {
    const target = join(server, location);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(dirname(modelFile), location), target);
  }
  await copyFile(modelFile, join(server, modelName));
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
}
