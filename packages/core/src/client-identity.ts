/** Who a client is by the certificate it showed, which an authority of the server's choice has signed. */
export interface ClientIdentity {
  /** The distinguished name: `O=Shop, CN=checkout`. */
  readonly subject: string;
  /** The alternative names, as OpenSSL writes them: `DNS:checkout.shop, URI:spiffe://shop/checkout`; undefined without any. */
  readonly altNames: string | undefined;
}
