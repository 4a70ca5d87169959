import { FormatError } from "../../base/errors.ts";
import { sliceSource } from "../_shared/assembled.ts";
import { countedSource } from "../_shared/countedSource.ts";
import { asSequence, PicklePersistent } from "../_shared/pickle/values.ts";
import { torchCheckpoint } from "../_shared/pickleTorch/checkpoint.ts";
import type { Format } from "../types.ts";
import { keyText, MemberStream, readStorages, readTensors } from "./parts.ts";
import { firstTarName, readTar } from "./tar.ts";

const ID = "pytorch-tar";
const MEMBERS = ["sys_info", "pickle", "storages", "tensors"];

/** What torch.save wrote before 0.1.10: a tar archive of pickles and raw storages. */
export const pytorchTarFormat: Format = {
  manifest: {
    id: ID,
    title: "PyTorch checkpoint (tar, before 0.1.10)",
    extensions: [".pth", ".pt", ".pth.tar", ".t7"],
  },
  sniff({ head }) {
    const name = firstTarName(head)?.replace(/^\.\//, "");
    return name !== undefined && MEMBERS.includes(name);
  },
  async open(file, context) {
    const { source, bytesRead } = countedSource(file);
    const members = await readTar(source, ID, context.signal);
    const member = (name: string) => {
      const found = members.get(name);
      if (found === undefined)
        throw new FormatError(`The tar archive has no member ${name}, so it is no PyTorch checkpoint.`, {
          format: ID,
          field: name,
          remedy: "Unpack it and open the checkpoint inside.",
        });
      return {
        offset: found.offset,
        stream: new MemberStream(sliceSource(source, found.offset, found.size), name, context.signal),
      };
    };
    const { offset, stream } = member("storages");
    const storages = await readStorages(stream, offset);
    const tensors = await readTensors(member("tensors").stream, storages);
    const object = await member("pickle").stream.pickle((id) => {
      // Classes are saved with their source beside them: (class, file, source).
      const wrapped = asSequence(id)?.[0];
      return wrapped ?? tensors.get(keyText(id)) ?? new PicklePersistent(id);
    });
    return torchCheckpoint({
      format: ID,
      source,
      roots: [{ path: "", value: object.value }],
      report: object.report,
      bigEndian: false,
      findings: [],
      metadata: {},
      locate: async (key) => storages.get(key) ?? "its storage is not in the file",
      bytesRead,
    });
  },
};
