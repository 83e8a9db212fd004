/** The messages of GeneralModelService as proto-loader gives and takes them. */
export interface TensorMessage {
  readonly name: string;
  readonly elem_type: number;
  readonly shape: readonly number[];
  readonly float_data: readonly number[];
}

export interface RequestMessage {
  readonly tensor: readonly (TensorMessage & { readonly tensor_content: Buffer })[];
  readonly fetch_var_names: readonly string[];
}

export interface ResponseMessage {
  readonly outputs: readonly { readonly tensor: readonly TensorMessage[]; readonly engine_name: string }[];
}
