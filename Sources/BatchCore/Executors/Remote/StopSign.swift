internal import Glibc
internal import Synchronization

/// Looks now and then whether the coordinator wants no more, of anything or of the batch at hand.
final class StopSign: Sendable {
  private let state = Atomic<Bool>(false)
  /// The claim of the batch at hand.
  private let claim = Shared<BlobKey?>(nil)
  private let claimIsGone = Atomic<Bool>(false)

  init(store: any BlobStore, keys: SessionKeys, pauseSeconds: Double) {
    WorkThread.start("batchrun-stop") { [weak self] in
      while let self {
        if (try? store.size(of: keys.stop)) != nil {
          self.state.store(true, ordering: .relaxed)
          return
        }
        self.lookForClaim(in: store)
        usleep(UInt32(pauseSeconds * 1e6))
      }
    }
  }

  var isUp: Bool { state.load(ordering: .relaxed) }

  var isClaimGone: Bool { claimIsGone.load(ordering: .relaxed) }

  /// - Parameter key: The claim of the batch that begins; nil between batches.
  func watch(_ key: BlobKey?) {
    claim.withLock {
      $0 = key
      claimIsGone.store(false, ordering: .relaxed)
    }
  }

  private func lookForClaim(in store: any BlobStore) {
    guard let key = claim.value else { return }
    do throws(BlobFailure) {
      guard try store.size(of: key) == nil else { return }
      claim.withLock { if $0 == key { claimIsGone.store(true, ordering: .relaxed) } }
    } catch {
      // A store that does not answer says nothing of the claim.
    }
  }
}
