extension BlobLocator {
  /// The store at this place.
  ///
  /// - Parameters:
  ///   - makes: whether a directory that is not there is made; see ``DirectoryStore``.
  ///   - environment: what says how to reach a bucket.
  /// - Throws: `BlobFailure` for a directory that cannot be used, and settings that make no sense. A
  ///   bucket is not asked for here.
  package func open(
    makes: Bool = false, environment: AWSEnvironment = AWSEnvironment()
  ) throws(BlobFailure) -> any BlobStore {
    switch self {
    case .directory(let path): try DirectoryStore(path: path, makes: makes)
    case .s3(let place): try S3Store(place, environment: environment)
    }
  }
}
