internal import CCrypto
internal import FoundationEssentials

/// The digests that signatures and uploads are made of, computed by OpenSSL.
enum AWSDigest {
  /// HMAC-SHA-256 (RFC 2104): 32 bytes.
  static func authentication(of text: String, key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe HMAC(
        EVP_sha256(), key, Int32(key.count), bytes.baseAddress, bytes.count, &code, nil)
    }
    return code
  }

  /// SHA-256 in hexadecimal digits.
  static func sha256(_ bytes: ByteBuffer?) -> String {
    var hash = SHA256()
    if let bytes { unsafe bytes.withBytes { unsafe hash.update($0) } }
    return hash.hexadecimal()
  }

  static func sha256(_ text: String) -> String {
    var hash = SHA256()
    hash.update(text)
    return hash.hexadecimal()
  }

  /// The field with a digest of the body that S3 asks for in requests which remove much.
  ///
  /// MD5 (RFC 1864), which every service knows, unless the system allows none (FIPS 140).
  static func guardField(_ body: ByteBuffer) -> AWSRequest.Field {
    if let digest = unsafe digest(body, EVP_md5(), bytes: 16) {
      return AWSRequest.Field("Content-MD5", digest)
    }
    return unsafe AWSRequest.Field(
      "x-amz-checksum-sha256", digest(body, EVP_sha256(), bytes: 32) ?? "")
  }

  /// In Base64; nil where the system does not allow it.
  private static func digest(
    _ body: ByteBuffer, _ algorithm: OpaquePointer?, bytes count: Int
  ) -> String? {
    var digest = [UInt8](repeating: 0, count: count)
    let code = unsafe body.withBytes { bytes in
      unsafe EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, algorithm, nil)
    }
    return code == 1 ? Data(digest).base64EncodedString() : nil
  }
}
